// Runs a load of `gantry bench` in the test's process, and reads its report.
#pragma once

#include "app/registry.hpp"
#include "bench/commands.hpp"
#include "support/registry_fixture.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

namespace gantry::test {

/// A stream that becomes a string.
class text_stream {
public:
  text_stream();
  ~text_stream();
  text_stream(const text_stream&) = delete;
  text_stream& operator=(const text_stream&) = delete;

  std::FILE* file() { return file_; }
  std::string text();

private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

/// Four clients on two threads; images of two layers of 10,000 bytes.
template <class Options>
Options options_for(const std::string& url, std::uint64_t count) {
  Options options;
  options.url = url;
  options.how.count = count;
  options.clients.connections = 4;
  options.clients.threads = 2;
  options.images.layer_size = bench::layer_sizes{10'000};
  options.images.layers = 2;
  options.seed = 11;
  return options;
}

struct outcome {
  int exit_code = -1;
  std::string table;
  boost::json::object figures;
};

/// The JSON report in a file.
boost::json::object read_figures(const std::string& path);

/// Runs a load and reads its JSON report.
template <class Options>
outcome run(Options options) {
  const temp_dir folder;
  options.output = (folder.path() / "figures.json").string();
  text_stream out, live;
  outcome result;
  result.exit_code = bench::run(options, out.file(), live.file());
  result.table = out.text();
  result.figures = read_figures(options.output);
  return result;
}

std::uint64_t count_of(const outcome& result, const char* operation);
std::uint64_t errors_of(const outcome& result, const char* operation, const char* kind);
/// Sum over all operations.
std::uint64_t errors_of(const outcome& result);

std::string url_of(const running_registry& server);

/// A registry that rejects manifests with missing blobs.
void strict(app::registry_options& settings);

/// A proxy to a registry.
class tampering_server {
public:
  /// Both are called on one thread. Changes the registry's answer to a request.
  using change = std::function<std::string(const std::string& request, std::string answer)>;

  /// The answer to a request that is not passed on; empty to pass it on.
  using refusal = std::function<std::string(const std::string& request)>;

  explicit tampering_server(change tamper, refusal refuse = {});

  std::string url() const { return front_.url(); }
  unsigned connections() const noexcept { return front_.connections(); }
  const running_registry& registry() const { return behind_; }

private:
  std::string forward(const std::string& request);

  change tamper_;
  refusal refuse_;
  running_registry behind_{strict};
  http_connection connection_{behind_.port()};
  scripted_server front_;
};

/// A change that changes nothing, but interrupts this process once, at the tenth request.
tampering_server::change interrupt_after(const char* method, const char* in_target);

/// Checks that a load was interrupted and reports it.
void check_interrupted(const outcome& result);

/// Runs the load by count and by time, with and without a rate, each with a cleanup: it must have
/// no errors and leave nothing behind.
template <class Options>
void check_every_pace(Options options) {
  const running_registry server{strict};
  options.url = url_of(server);
  options.cleanup = true;
  bench::load_shape by_time;
  by_time.warmup = std::chrono::milliseconds{50};
  by_time.duration = std::chrono::milliseconds{200};
  auto at_a_rate = options.how;
  at_a_rate.rate = 500;
  for (const auto& how : {options.how, at_a_rate, by_time}) {
    options.how = how;
    ++*options.seed;
    const auto result = run(options);
    BOOST_TEST(errors_of(result) == 0u, result.table);
    if (how.count) {
      BOOST_TEST(result.exit_code == 0);
      BOOST_TEST(count_of(result, "image") == *how.count);
    }
    registry_client client{server};
    BOOST_TEST(strings_of(client.get("/v2/_catalog").body, "repositories").empty());
  }
}

} // namespace gantry::test
