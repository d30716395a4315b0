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
  add_duration(app, "--warmup", load.how.warmup, "work for this long first, unmeasured", zero);
  add_duration(app, "--ramp", load.how.ramp,
               "let the clients, or the rate, grow evenly for this long, unmeasured", zero);
  add_value(
    app, "--rate", "RATE",
    "begin this many images per second, whether or not earlier ones are done; latency counts from "
    "the planned begin",
    [&load](const std::string& text) { load.how.rate = config::read_decimal(text, 1e-3, 1e7); })
    ->default_str("each connection begins one after another");
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
  add_value(app, "--layer-size", "SIZES",
            "bytes of a layer; several, such as 1KiB,1MiB, in turn; or drawn from a range, such as "
            "1KiB..1MiB",
            read_sizes)
    ->default_str(config::render_size(load.images.layer_size.all().front()));
}

void add_images(CLI::App& app, bench::load_options& load) {
  add_layer_size(app, load);
  add_count(app, "--layers", load.images.layers, "layers of an image", {1, 1000});
}

void add_mounts(CLI::App& app, bench::load_options& load) {
  add_count(app, "--mount-share", load.images.mount_share,
            "percent of the layers that another repository has, and that are mounted from there",
            {0, 100});
}

void add_repositories(CLI::App& app, bench::load_options& load) {
  add_count(app, "--repositories", load.images.repositories,
            "repositories that images go to in turn", million);
}

void add_chunk_size(CLI::App& app, bench::load_options& load) {
  add_size(app, "--chunk-size", load.uploads.chunk_size, "bytes of a PATCH, if chunks are sent",
           {1, max_count});
}

void add_uploads(CLI::App& app, bench::load_options& load) {
  add_choice(app, "--mode", load.uploads.mode,
             {{"chunked", bench::upload_mode::chunked},
              {"monolithic", bench::upload_mode::monolithic},
              {"streamed", bench::upload_mode::streamed}},
             "how blobs are uploaded: several PATCHes and PUT, PUT with the bytes, or PATCH and "
             "PUT");
  add_chunk_size(app, load);
}

void add_set(CLI::App& app, std::uint64_t& size, const std::string& description) {
  add_count(app, "--set", size, description, million);
}

/// A file that is there. `target` outlives `app`.
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
            "the registry: http://HOST:PORT or https://HOST:PORT, a path may follow", set_url)
    ->required();
  auto* authorities =
    add_file(app, "--ca", load.clients.tls.authorities,
             "certificates (PEM) to trust instead of the system's, where the URL says https");
  add_switch(app, "--insecure", "accept any certificate", [&load](bool on) {
    load.clients.tls.verify = !on;
  })->excludes(authorities);
  add_text(app, "--user", load.user, "NAME[:PASSWORD]",
           "who pushes and pulls, where the registry asks; the figures hold no password");
  add_file(app, "--password-file", load.password_file,
           "a file with the password of --user NAME: the command line is for all to see");
}

void add_load(CLI::App& app, bench::load_options& load) {
  add_registry(app, load);
  add_count(app, "--connections", load.clients.connections, "clients that work at the same time",
            {1, 60'000});
  add_count(app, "--threads", load.clients.threads, "threads that the clients share", {1, 1024});
  add_duration(app, "--timeout", load.clients.timeout, "for a request and its answer");
  add_flag(app, "--reconnect",
           "connect for each request anew and send Connection: close, as skopeo and docker do",
           load.clients.reconnect);
  add_pace(app, load);
  add_count(app, "--seed", load.seed,
            "the same seed makes the same images; a registry must not have seen them",
            {0, 9 * max_count})
    ->default_str("drawn anew");
  add_flag(app, "--cleanup", "delete at the end what was pushed", load.cleanup);
  add_text(app, "--output", load.output, "FILE", "write the figures there, as JSON");
  add_text(app, "--html", load.html, "FILE", "write a page with plots there");
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
  add_set(app, load.set_size, "images to push, and then to pull in turn");
  add_size(app, "--ranges", load.pulls.range_size, "bytes of a blob to fetch at a time",
           {1, max_count})
    ->default_str("all of them");
  add_count(app, "--parallel", load.pulls.parallel,
            "connections of each client that the blobs of an image come on", {1, 1000});
  add_switch(app, "--no-verify", "compare sizes only, do not hash what comes",
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
  add_set(app, load.set_size, "images to push first, between which tags move");
  add_count(app, "--tags", load.tags, "tags that are moved", million);
}

void add_catalog(CLI::App& app, bench::catalog_options& load) {
  add_load(app, load);
  add_repositories(app, load);
  add_count(app, "--tags", load.tags, "tags of each repository", million);
  add_count(app, "--page", load.page, "entries that are asked for at a time", million);
}

void add_mount_storm(CLI::App& app, bench::mount_storm_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_uploads(app, load);
  add_set(app, load.set_size, "images to push first, whose layers are mounted");
}

void add_resume(CLI::App& app, bench::resume_options& load) {
  add_load(app, load);
  add_layer_size(app, load);
  add_repositories(app, load);
  add_chunk_size(app, load);
  add_count(app, "--cuts", load.cuts, "how often an upload loses its connection", {0, 1000});
}

void add_churn(CLI::App& app, bench::churn_options& load) {
  add_load(app, load);
  add_images(app, load);
  add_repositories(app, load);
  add_uploads(app, load);
  add_count(app, "--keep", load.keep, "images of each connection that stay", {0, 1'000'000});
}

void add_zb(CLI::App& app, bench::zb_options& load) {
  add_load(app, load);
  const auto add_test = [&load](const std::string& name) {
    if (!bench::find_zb_test(name))
      throw std::invalid_argument{"'" + name + "' is not a test of zb, such as 'Pull 1MB'"};
    load.tests.push_back(name);
  };
  add_values(app, "--workload", "NAME", "a test to make, such as \"Pull 1MB\"; may be repeated",
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
  add_command(app, "push", "push images that it has not seen", add_push, bench.push);
  add_command(app, "pull", "push a set of images, then pull them", add_pull, bench.pull);
  add_command(app, "mixed", "push, pull, look and delete side by side", add_mixed, bench.mixed);
  add_command(app, "tags", "race to move the same few tags", add_tags, bench.tags);
  add_command(app, "catalog", "page through the lists of repositories and tags", add_catalog,
              bench.catalog);
  add_command(app, "mount-storm", "mount blobs of one repository into ever new ones",
              add_mount_storm, bench.mount_storm);
  add_command(app, "resume", "upload blobs over connections that break", add_resume, bench.resume);
  add_command(app, "churn", "push images and delete them again", add_churn, bench.churn);
  add_command(app, "zb", "make the tests of zot's benchmark", add_zb, bench.zb);
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
