#include "bench/commands.hpp"

#include "bench/live_line.hpp"
#include "bench/report.hpp"
#include "bench/workloads.hpp"

#include <boost/json/serialize.hpp>

#include <sys/resource.h>

#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace json = boost::json;

namespace gantry::bench {

namespace {

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto in_seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return in_seconds(used.ru_utime) + in_seconds(used.ru_stime);
}

registry_url demand_url(const std::string& text) {
  auto url = registry_url::parse(text);
  if (!url)
    throw std::invalid_argument{"'" + text + "' is not of the form http://HOST:PORT"};
  return std::move(*url);
}

image_settings seeded(const load_options& options) {
  auto images = options.images;
  std::random_device random;
  // Small enough for every reader of JSON.
  images.seed = options.seed.value_or(random());
  return images;
}

const char* name_of(upload_mode mode) {
  switch (mode) {
  case upload_mode::monolithic: return "monolithic";
  case upload_mode::streamed: return "streamed";
  case upload_mode::chunked: return "chunked";
  }
  return "?";
}

json::object describe(const load_options& options) {
  const auto in_seconds = [](std::chrono::nanoseconds span) {
    return std::chrono::duration<double>(span).count();
  };
  json::object made;
  made["url"] = options.url;
  made["connections"] = options.clients.connections;
  made["threads"] = options.clients.threads;
  made["timeout"] = in_seconds(options.clients.timeout);
  made["warmup"] = in_seconds(options.how.warmup);
  if (options.how.duration)
    made["duration"] = in_seconds(*options.how.duration);
  if (options.how.count)
    made["count"] = *options.how.count;
  if (options.how.rate > 0)
    made["rate"] = options.how.rate;
  made["layer_size"] = options.images.layer_size;
  made["layers"] = options.images.layers;
  made["repositories"] = options.images.repositories;
  made["mode"] = name_of(options.uploads.mode);
  if (options.uploads.mode == upload_mode::chunked)
    made["chunk_size"] = options.uploads.chunk_size;
  made["cleanup"] = options.cleanup;
  return made;
}

pace demand_end(pace how) {
  if (!how.duration && !how.count)
    how.duration = std::chrono::seconds{10};
  return how;
}

/// A load whose figures nobody asked for: images below `count` once each.
load_result run_all(crew& clients, const workload& job, std::uint64_t count, live_line& line) {
  pace how;
  how.count = count;
  return clients.run(job, how, [&line](const progress& made) { line.show(made); });
}

load_result measure(crew& clients, const workload& job, const pace& how, std::FILE* live,
                    report& figures) {
  live_line line{live, figures.workload};
  const auto before = processor_seconds();
  auto load = clients.run(job, how, [&line](const progress& made) { line.show(made); });
  figures.client_cpu = processor_seconds() - before;
  return load;
}

void clean_up(crew& clients, const image_source& source, std::uint64_t numbers, std::FILE* live) {
  if (!clients.is_usable())
    return;
  live_line line{live, "cleanup"};
  const erase_workload job{source};
  // A registry that refuses deletes refuses the first one.
  auto load = run_all(clients, job, 1, line);
  if (load.figures.error_count() == 0)
    load = run_all(clients, job, numbers, line);
  line.clear();
  if (load.figures.error_count() > 0)
    std::fputs("cleanup: deletes are refused or fail, images stay behind\n", live);
}

/// Before anything is measured: a file that cannot be written is known at once.
std::ofstream open_output(const std::string& path) {
  std::ofstream file;
  if (path.empty())
    return file;
  file.open(path, std::ios::binary | std::ios::trunc);
  if (!file)
    throw std::runtime_error{path + " cannot be written"};
  return file;
}

int publish(const report& figures, std::ofstream& file, std::FILE* out) {
  std::fputs(render_table(figures).c_str(), out);
  if (file.is_open()) {
    file << json::serialize(to_json(figures)) << '\n';
    file.close();
    if (!file)
      throw std::runtime_error{"the figures cannot be written to the file"};
  }
  return figures.load.figures.of(operation::image).latency.count() > 0 ? 0 : 1;
}

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file)
    throw std::runtime_error{path + " cannot be read"};
  return text;
}

} // namespace

int run(const push_options& options, std::FILE* out, std::FILE* live) {
  auto file = open_output(options.output);
  crew clients{demand_url(options.url), options.clients};
  const image_source source{seeded(options)};
  report figures{"push", describe(options), source.settings().seed, {}, 0};
  figures.load = measure(clients, push_workload{source, options.uploads}, demand_end(options.how),
                         live, figures);
  if (options.cleanup)
    clean_up(clients, source, figures.load.numbers, live);
  return publish(figures, file, out);
}

int run(const pull_options& options, std::FILE* out, std::FILE* live) {
  auto file = open_output(options.output);
  crew clients{demand_url(options.url), options.clients};
  const image_source source{seeded(options)};
  report figures{"pull", describe(options), source.settings().seed, {}, 0};
  figures.options["set"] = options.set_size;
  figures.options["verify"] = options.verify;
  {
    live_line line{live, "prepare"};
    const auto pushed =
      run_all(clients, push_workload{source, options.uploads}, options.set_size, line);
    if (pushed.figures.error_count() > 0 || pushed.interrupted) {
      line.clear();
      figures.load = pushed;
      std::fputs(render_table(figures).c_str(), out);
      throw std::runtime_error{"the images to pull could not be pushed"};
    }
  }
  figures.load = measure(clients, pull_workload{source, options.set_size, options.verify},
                         demand_end(options.how), live, figures);
  if (options.cleanup)
    clean_up(clients, source, options.set_size, live);
  return publish(figures, file, out);
}

int run(const compare_options& options, std::FILE* out) {
  const auto base = read_file(options.base);
  const auto other = read_file(options.other);
  const auto compared = compare_reports(base, other);
  if (!compared)
    throw std::runtime_error{"not both files are reports of gantry bench: " +
                             compared.error().detail};
  std::fputs(compared->c_str(), out);
  return 0;
}

} // namespace gantry::bench
