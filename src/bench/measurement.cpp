#include "bench/measurement.hpp"

#include "bench/live_line.hpp"
#include "bench/page/report_page.hpp"
#include "bench/seconds.hpp"

#include <boost/json/serialize.hpp>

#include <sys/resource.h>

#include <random>
#include <stdexcept>
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

client::registry_url demand_url(const std::string& text) {
  auto url = client::registry_url::parse(text);
  if (!url)
    throw std::invalid_argument{"'" + text + "' is not of the form http[s]://HOST:PORT"};
  return std::move(*url);
}

/// The first line of a file, without the newline. Throws std::runtime_error.
std::string read_line(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text;
  if (!std::getline(file, text) && !file.eof())
    throw std::runtime_error{path + " cannot be read"};
  if (text.ends_with('\r'))
    text.pop_back();
  return text;
}

/// The settings of the clients, with the credentials. Throws std::invalid_argument.
pool_settings identified(const load_options& options) {
  auto clients = options.clients;
  if (options.user.empty() && options.password_file.empty())
    return clients;
  const auto colon = options.user.find(':');
  const bool has_password = colon != std::string::npos;
  if (options.user.empty() || colon == 0 || has_password != options.password_file.empty())
    throw std::invalid_argument{
      "--user takes NAME:PASSWORD, or NAME and the password comes with --password-file"};
  clients.who = client::credentials{options.user.substr(0, colon),
                                    has_password ? options.user.substr(colon + 1)
                                                 : read_line(options.password_file)};
  return clients;
}

image_settings seeded(const load_options& options) {
  auto images = options.images;
  std::random_device random;
  // 32 bits: every reader of JSON keeps them exact.
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
  json::object made;
  made["url"] = options.url;
  if (!options.clients.tls.authorities.empty())
    made["ca"] = options.clients.tls.authorities;
  // Never the password.
  if (!options.user.empty())
    made["user"] = options.user.substr(0, options.user.find(':'));
  if (!options.clients.tls.verify)
    made["insecure"] = true;
  made["connections"] = options.clients.connections;
  made["threads"] = options.clients.threads;
  made["reconnect"] = options.clients.reconnect;
  made["timeout"] = in_seconds(options.clients.timeout);
  made["warmup"] = in_seconds(options.how.warmup);
  if (options.how.ramp.count() > 0)
    made["ramp"] = in_seconds(options.how.ramp);
  if (options.how.duration)
    made["duration"] = in_seconds(*options.how.duration);
  if (options.how.count)
    made["count"] = *options.how.count;
  if (options.how.rate > 0)
    made["rate"] = options.how.rate;
  const auto& sizes = options.images.layer_size;
  if (const auto all = sizes.all(); all.size() == 1)
    made["layer_size"] = all.front();
  else
    made["layer_size"] = sizes.to_string();
  if (options.images.mount_share > 0)
    made["mount_share"] = options.images.mount_share;
  made["layers"] = options.images.layers;
  made["repositories"] = options.images.repositories;
  made["mode"] = name_of(options.uploads.mode);
  if (options.uploads.mode == upload_mode::chunked)
    made["chunk_size"] = options.uploads.chunk_size;
  made["cleanup"] = options.cleanup;
  return made;
}

load_shape demand_end(load_shape how) {
  if (!how.duration && !how.count)
    how.duration = std::chrono::seconds{10};
  return how;
}

std::ofstream open_file(const std::string& path) {
  std::ofstream file;
  if (path.empty())
    return file;
  file.open(path, std::ios::binary | std::ios::trunc);
  if (!file)
    throw std::runtime_error{path + " cannot be written"};
  return file;
}

/// Does nothing if the file is not open.
void write(std::ofstream& file, const std::string& text) {
  if (!file.is_open())
    return;
  file << text;
  file.close();
  if (!file)
    throw std::runtime_error{"the figures cannot be written to the file"};
}

/// A workload without its number 0.
class all_but_first final : public workload {
public:
  explicit all_but_first(const workload& job) : job_{job} {}
  boost::asio::awaitable<bool> perform(registry_client& registry,
                                       std::uint64_t number) const override {
    co_return co_await job_.perform(registry, number + 1);
  }

private:
  const workload& job_;
};

} // namespace

measurement::measurement(const load_options& options, std::string workload, std::string unit,
                         std::FILE* out, std::FILE* live)
  : options_{options},
    out_{out},
    live_{live},
    output_{open_file(options.output)},
    html_{open_file(options.html)},
    images_{seeded(options)},
    clients_{demand_url(options.url), identified(options)} {
  figures_.workload = std::move(workload);
  figures_.unit = std::move(unit);
  figures_.options = describe(options);
  figures_.seed = images_.seed;
}

load_result measurement::run_all(const workload& job, std::uint64_t count, const char* label) {
  load_shape how;
  how.count = count;
  live_line line{live_, label, figures_.unit};
  return clients_.run(job, how, [&line](const progress& made) { line.show(made); });
}

void measurement::prepare(const workload& job, std::uint64_t count) {
  auto prepared = run_all(job, count, "prepare");
  if (prepared.figures.error_count() == 0 && !prepared.interrupted)
    return;
  figures_.load = std::move(prepared);
  std::fputs(render_table(figures_).c_str(), out_);
  throw std::runtime_error{"the content for the load could not be pushed"};
}

void measurement::measure(const workload& job) {
  live_line line{live_, figures_.workload, figures_.unit};
  const auto before = processor_seconds();
  figures_.load =
    clients_.run(job, demand_end(options_.how), [&line](const progress& made) { line.show(made); });
  figures_.client_cpu = processor_seconds() - before;
}

void measurement::check(const workload& job, std::uint64_t count) {
  if (!clients_.is_usable())
    return;
  const auto checked = run_all(job, count, "check");
  found_wrong_ = checked.figures.error_count() > 0;
  figures_.load.figures.merge_errors(checked.figures);
  figures_.load.interrupted |= checked.interrupted;
}

void measurement::clean_up(const workload& job, std::uint64_t count) {
  if (!options_.cleanup || !clients_.is_usable() || count == 0)
    return;
  // If the registry refuses deletes, the first one fails.
  auto erased = run_all(job, 1, "cleanup");
  if (erased.figures.error_count() == 0 && count > 1)
    erased = run_all(all_but_first{job}, count - 1, "cleanup");
  if (erased.figures.error_count() > 0)
    std::fputs("cleanup: deletes are refused or fail, content remains\n", live_);
}

int measurement::publish() {
  const bool any_went_well = figures_.load.figures.of(operation::image).latency.count() > 0;
  publish(render_table(figures_), to_json(figures_), page_of(figures_));
  return any_went_well && !found_wrong_ ? 0 : 1;
}

void measurement::publish(const std::string& table, const json::object& figures,
                          const page& shown) {
  std::fputs(table.c_str(), out_);
  write(output_, json::serialize(figures) + "\n");
  write(html_, render_page(shown));
}

} // namespace gantry::bench
