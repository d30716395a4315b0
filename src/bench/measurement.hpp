// One `gantry bench` from begin to end: the clients, the figures, and where they go.
#pragma once

#include "bench/options.hpp"
#include "bench/page/page.hpp"
#include "bench/report.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace gantry::bench {

/// `prepare`, `measure`, `check` and `clean_up`, in this order and each where there is need for it;
/// at the end `publish`. One thread.
class measurement {
public:
  /// Opens the files before anything else: one that cannot be written is known at once. `unit` is
  /// what the workload does one after another: "image". The options outlive it. Throws
  /// std::invalid_argument for a URL that is none, std::runtime_error where a file cannot be
  /// written or the registry is not there.
  measurement(const load_options& options, std::string workload, std::string unit, std::FILE* out,
              std::FILE* live);
  measurement(const measurement&) = delete;
  measurement& operator=(const measurement&) = delete;

  /// Those of the options, with a seed.
  const image_settings& images() const noexcept { return images_; }
  /// To add what the workload alone was asked for.
  boost::json::object& described() noexcept { return figures_.options; }
  const load_result& load() const noexcept { return figures_.load; }

  /// What the workload needs to be there: numbers below `count` once each. Throws
  /// std::runtime_error where that does not work out.
  void prepare(const workload& job, std::uint64_t count);
  /// At the pace of the options.
  void measure(const workload& job);
  /// Looks at what the load left: numbers below `count` once each. Errors are reported and make
  /// the exit code 1; times are not.
  void check(const workload& job, std::uint64_t count);
  /// With `--cleanup`: numbers below `count` once each, unless the first one is refused.
  void clean_up(const workload& job, std::uint64_t count);
  /// Prints the table, writes the files; the exit code.
  int publish();
  /// The same with other figures.
  void publish(const std::string& table, const boost::json::object& figures, const page& shown);

private:
  load_result run_all(const workload& job, std::uint64_t count, const char* label);

  const load_options& options_;
  std::FILE* out_;
  std::FILE* live_;
  std::ofstream output_;
  std::ofstream html_;
  image_settings images_;
  crew clients_;
  report figures_;
  bool found_wrong_ = false;
};

} // namespace gantry::bench
