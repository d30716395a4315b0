// One run of `gantry bench`: the clients, their figures, and the output files.
#pragma once

#include "bench/options.hpp"
#include "bench/page/page.hpp"
#include "bench/report.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace gantry::bench {

/// Call `prepare`, `measure`, `check` and `clean_up` in this order, as the workload needs, and
/// finally `publish`. Not thread-safe.
class measurement {
public:
  /// Opens the files first, so that an unwritable file wastes no run. `unit` is what the workload
  /// counts: "image". The options outlive the object. Throws std::invalid_argument if the URL is
  /// invalid, std::runtime_error if a file cannot be written or the registry does not answer.
  measurement(const load_options& options, std::string workload, std::string unit, std::FILE* out,
              std::FILE* live);
  measurement(const measurement&) = delete;
  measurement& operator=(const measurement&) = delete;

  /// Those of the options, with the seed filled in.
  const image_settings& images() const noexcept { return images_; }
  /// The options in the JSON; the workload adds its own.
  boost::json::object& described() noexcept { return figures_.options; }
  const load_result& load() const noexcept { return figures_.load; }

  /// Performs the numbers below `count` once each, as preparation for `measure`. Throws
  /// std::runtime_error if any fails.
  void prepare(const workload& job, std::uint64_t count);
  /// Performs the load that the options describe.
  void measure(const workload& job);
  /// Performs the numbers below `count` once each, to inspect the result of the load. Errors are
  /// reported and make the exit code 1; latencies are not reported.
  void check(const workload& job, std::uint64_t count);
  /// With `--cleanup`: performs the numbers below `count` once each, unless the first fails.
  void clean_up(const workload& job, std::uint64_t count);
  /// Prints the table and writes the files. Returns the exit code.
  int publish();
  /// Like `publish()`, with other figures and without an exit code.
  void publish(const std::string& table, const boost::json::object& figures, const page& shown);

private:
  load_result run_all(const workload& job, std::uint64_t count, const char* label);

  const load_options& options_;
  std::FILE* out_;
  std::FILE* live_;
  std::ofstream output_;
  std::ofstream html_;
  image_settings images_;
  client_pool clients_;
  report figures_;
  bool found_wrong_ = false;
};

} // namespace gantry::bench
