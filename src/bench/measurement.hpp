// One run of `gantry bench`: the clients, their figures, and the files that get them.
#pragma once

#include "bench/options.hpp"
#include "bench/page/page.hpp"
#include "bench/report.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace gantry::bench {

/// Call `prepare`, `measure`, `check` and `clean_up` in this order, each if the workload needs it,
/// and at last `publish`. One thread.
class measurement {
public:
  /// Opens the files first, so that one that cannot be written costs no run. `unit` is what the
  /// workload counts: "image". The options outlive the object. Throws std::invalid_argument if the
  /// URL is not one, std::runtime_error if a file cannot be written or the registry does not
  /// answer.
  measurement(const load_options& options, std::string workload, std::string unit, std::FILE* out,
              std::FILE* live);
  measurement(const measurement&) = delete;
  measurement& operator=(const measurement&) = delete;

  /// Those of the options, with the seed filled in.
  const image_settings& images() const noexcept { return images_; }
  /// The options in the JSON; the workload adds its own.
  boost::json::object& described() noexcept { return figures_.options; }
  const load_result& load() const noexcept { return figures_.load; }

  /// Performs numbers below `count` once each: what `measure` needs. Throws std::runtime_error if
  /// any of them fails.
  void prepare(const workload& job, std::uint64_t count);
  /// Performs the load that the options describe.
  void measure(const workload& job);
  /// Performs numbers below `count` once each, which look at what the load has left. Errors are
  /// reported and make the exit code 1; latencies are not reported.
  void check(const workload& job, std::uint64_t count);
  /// With `--cleanup`: performs numbers below `count` once each, unless the first one fails.
  void clean_up(const workload& job, std::uint64_t count);
  /// Prints the table and writes the files. Returns the exit code.
  int publish();
  /// The same with other figures, and without an exit code.
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
