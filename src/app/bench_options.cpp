#include "app/bench_options.hpp"

#include "app/option_kinds.hpp"
#include "bench/workloads/zb_suite.hpp"
#include "client/registry_url.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace gantry::app {

namespace {

constexpr std::chrono::milliseconds zero{0};
constexpr std::uint64_t max_count = 1'000'000'000'000'000;
constexpr config::bounds million{1, 1'000'000};

void add_pace(CLI::App& app, bench::load_options& load) {
  auto* duration = add_duration(app, "--duration", load.how.duration, "measure for this long");
  duration->default_str("10s");
  add_count(app, "--count", load.how.count, "measure this many images instead", {1, max_count})
    ->excludes(duration);
  add_duration(app, "--warmup", load.how.warmup, "warm up for this long first, unmeasured", zero);
  add_duration(app, "--ramp", load.how.ramp,
               "increase the clients, or the rate, evenly for this long, unmeasured", zero);
  add_value(
    app, "--rate", "RATE",
    "start this many images per second, even if earlier ones are not done; latency counts from "
    "the planned start",
    [&load](const std::string& text) { load.how.rate = config::read_decimal(text, 1e-3, 1e7); })
    ->default_str("each connection starts the next when one is done");
}

void add_layer_size(CLI::App& app, bench::load_options& load) {
  const auto read_sizes = [&load](const std::string& text) {
    const auto read = bench::layer_sizes::parse(text);
    if (!read)
      throw std::invalid_argument{"'" + text +
                                  "' is neither a size of at least 48 bytes, such as 1MiB, nor "
                                  "several with commas between them, nor a range such as "
                                  "1KiB..1MiB"};
    load.images.layer_size = *read;
  };
  add_value(
    app, "--layer-size", "SIZES",
    "bytes per layer: a size, several in turn, such as 1KiB,1MiB, or a range to draw from, such as "
    "1KiB..1MiB",
    read_sizes)
    ->default_str(config::render_size(load.images.layer_size.all().front()));
}

void add_images(CLI::App& app, bench::load_options& load) {
  add_layer_size(app, load);
  add_count(app, "--layers", load.images.layers, "layers per image", {1, 1000});
}

void add_mounts(CLI::App& app, bench::load_options& load) {
  add_count(app, "--mount-share", load.images.mount_share,
            "percent of layers that are mounted from another repository", {0, 100});
}

void add_repositories(CLI::App& app, bench::load_options& load) {
  add_count(app, "--repositories", load.images.repositories, "repositories to push to in turn",
            million);
}

void add_chunk_size(CLI::App& app, bench::load_options& load) {
  add_size(app, "--chunk-size", load.uploads.chunk_size, "bytes per PATCH, if chunks are sent",
           {1, max_count});
}

void add_uploads(CLI::App& app, bench::load_options& load) {
  add_choice(app, "--mode", load.uploads.mode,
             {{"chunked", bench::upload_mode::chunked},
              {"monolithic", bench::upload_mode::monolithic},
              {"streamed", bench::upload_mode::streamed}},
             "how to upload blobs: several PATCHes and PUT, PUT with the bytes, or PATCH and "
             "PUT");
  add_chunk_size(app, load);
}

void add_set(CLI::App& app, std::uint64_t& size, const std::string& description) {
  add_count(app, "--set", size, description, million);
}

/// An existing file. `target` outlives `app`.
CLI::Option* add_file(CLI::App& app, const std::string& name, std::string& target,
                      const std::string& description) {
  return add_value(app, name, "FILE", description, [&target](const std::string& text) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(text, failed))
      throw std::invalid_argument{"'" + text + "' is not a file that can be read"};
    target = text;
  });
}

void add_registry(CLI::App& app, bench::load_options& load) {
  const auto set_url = [&load](const std::string& text) {
    if (!client::registry_url::parse(text))
      throw std::invalid_argument{"'" + text +
                                  "' is not of the form http[s]://HOST:PORT, such as "
                                  "http://127.0.0.1:4775"};
    load.url = text;
  };
  add_value(app, "--url", "URL",
            "the registry: http://HOST:PORT or https://HOST:PORT, optionally with a path", set_url)
    ->required();
  auto* authorities = add_file(app, "--ca", load.clients.tls.authorities,
                               "certificates (PEM) to trust for https, instead of the system's");
  add_switch(app, "--insecure", "accept any certificate", [&load](bool on) {
    load.clients.tls.verify = !on;
  })->excludes(authorities);
  add_text(app, "--user", load.user, "NAME[:PASSWORD]",
           "the user, if the registry requires one; the figures contain no password");
  add_file(app, "--password-file", load.password_file,
           "a file with the password of --user NAME, because others can see the command line");
}

void add_load(CLI::App& app, bench::load_options& load) {
  add_registry(app, load);
  add_count(app, "--connections", load.clients.connections, "clients that work at the same time",
            {1, 60'000});
  add_count(app, "--threads", load.clients.threads, "threads for all clients", {1, 1024});
  add_duration(app, "--timeout", load.clients.timeout, "time for a request and its response");
  add_flag(app, "--reconnect",
           "open a connection per request and send Connection: close, as skopeo and docker do",
           load.clients.reconnect);
  add_pace(app, load);
  add_count(app, "--seed", load.seed,
            "the same seed makes the same images; use a registry that does not have them yet",
            {0, 9 * max_count})
    ->default_str("random");
  add_flag(app, "--cleanup", "delete the pushed images at the end", load.cleanup);
  add_text(app, "--output", load.output, "FILE", "write the figures to this file, as JSON");
  add_text(app, "--html", load.html, "FILE", "write a page with plots to this file");
}

void add_push(CLI::App& app, bench::push_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_mounts(app, load);
  add_repositories(app, load);
  add_uploads(app, load);
}

void add_pull(CLI::App& app, bench::pull_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_mounts(app, load);
  add_repositories(app, load);
  add_uploads(app, load);
  add_set(app, load.set_size, "images to push first, and then to pull in turn");
  add_size(app, "--ranges", load.pulls.range_size, "bytes of a blob to fetch per request",
           {1, max_count})
    ->default_str("all of them");
  add_count(app, "--parallel", load.pulls.parallel,
            "connections per client for the blobs of an image", {1, 1000});
  add_switch(app, "--no-verify", "compare only sizes, do not hash the response",
             [&load](bool on) { load.pulls.verify = !on; });
}

void add_mixed(CLI::App& app, bench::mixed_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_repositories(app, load);
  add_uploads(app, load);
  add_set(app, load.set_size, "images to push first, and then to pull");
  const auto read_mix = [&load](const std::string& text) {
    const auto read = bench::mix::parse(text);
    if (!read)
      throw std::invalid_argument{"'" + text + "' is not of the form push=1,pull=8"};
    load.weights = *read;
  };
  add_value(app, "--mix", "WEIGHTS", "how often each operation happens, by weight", read_mix)
    ->default_str(load.weights.to_string());
}

void add_tags(CLI::App& app, bench::tags_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_uploads(app, load);
  add_set(app, load.set_size, "images to push first, for the tags to move between");
  add_count(app, "--tags", load.tags, "tags to move", million);
}

void add_catalog(CLI::App& app, bench::catalog_options& load) {
  add_load(app, load);
  add_repositories(app, load);
  add_count(app, "--tags", load.tags, "tags per repository", million);
  add_count(app, "--page", load.page, "entries per request", million);
}

void add_mount_storm(CLI::App& app, bench::mount_storm_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_uploads(app, load);
  add_set(app, load.set_size, "images to push first, for their layers to be mounted");
}

void add_resume(CLI::App& app, bench::resume_options& load) {
  add_load(app, load);
  add_layer_size(app, load);
  add_repositories(app, load);
  add_chunk_size(app, load);
  add_count(app, "--cuts", load.cuts, "how often each upload loses its connection", {0, 1000});
}

void add_churn(CLI::App& app, bench::churn_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_repositories(app, load);
  add_uploads(app, load);
  add_count(app, "--keep", load.keep, "images that each connection keeps", {0, 1'000'000});
}

void add_zb(CLI::App& app, bench::zb_options& load) {
  add_load(app, load);
  const auto add_test = [&load](const std::string& name) {
    if (!bench::find_zb_test(name))
      throw std::invalid_argument{"'" + name + "' is not a test of zb, such as 'Pull 1MB'"};
    load.tests.push_back(name);
  };
  add_values(app, "--workload", "NAME", "a test to run, such as \"Pull 1MB\"; may be repeated",
             add_test)
    ->default_str("all")
    ->expected(1)
    ->take_all();
}

void add_compare(CLI::App& app, bench::compare_options& files) {
  add_text(app, "base", files.base, "A.json", "a file that --output wrote")->required();
  add_text(app, "other", files.other, "B.json", "another one")->required();
}

void add_workloads(CLI::App& app, bench_command& bench) {
  app.require_subcommand(1);
  add_command(app, "push", "push new images", add_push, bench.push);
  add_command(app, "pull", "push a set of images, then pull them", add_pull, bench.pull);
  add_command(app, "mixed", "push, pull, check and delete concurrently", add_mixed, bench.mixed);
  add_command(app, "tags", "race to move the same few tags", add_tags, bench.tags);
  add_command(app, "catalog", "page through the lists of repositories and tags", add_catalog,
              bench.catalog);
  add_command(app, "mount-storm", "mount blobs of one repository into new ones", add_mount_storm,
              bench.mount_storm);
  add_command(app, "resume", "upload blobs over connections that break", add_resume, bench.resume);
  add_command(app, "churn", "push images and delete them again", add_churn, bench.churn);
  add_command(app, "zb", "run the tests of zot's benchmark", add_zb, bench.zb);
  add_command(app, "compare", "print the ratios of two results", add_compare, bench.compare);
}

} // namespace

void add_bench(CLI::App& app, bench_command& bench) {
  add_command(app, "bench", "put load on a registry, this one or another", add_workloads, bench);
}

command chosen_bench(const std::string& name, bench_command parsed) {
  if (name == "push")
    return std::move(parsed.push);
  if (name == "pull")
    return std::move(parsed.pull);
  if (name == "mixed")
    return std::move(parsed.mixed);
  if (name == "tags")
    return std::move(parsed.tags);
  if (name == "catalog")
    return std::move(parsed.catalog);
  if (name == "mount-storm")
    return std::move(parsed.mount_storm);
  if (name == "resume")
    return std::move(parsed.resume);
  if (name == "churn")
    return std::move(parsed.churn);
  if (name == "zb")
    return std::move(parsed.zb);
  return std::move(parsed.compare);
}

} // namespace gantry::app
