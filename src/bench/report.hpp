// The figures of a load, for people and for programs.
#pragma once

#include "bench/crew.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

struct report {
  /// "push", "pull", …
  std::string workload;
  /// What is done one after another, as it is called in the table.
  std::string unit = "image";
  /// What was asked for, as it stands in the JSON.
  boost::json::object options;
  std::uint64_t seed = 0;
  load_result load;
  /// Processor time that this process took for it, in seconds.
  double client_cpu = 0;
};

/// Images a second; zero where nothing was measured.
double images_per_second(const load_result& load);
/// Of blobs and manifests.
double mib_per_second(const load_result& load);

/// A row for each operation that happened; the first one names the columns.
std::vector<std::vector<std::string>> table_rows(const report& figures);
/// Errors by kind, and a line on the whole.
std::string render_notes(const report& figures);
/// Both, as plain text.
std::string render_table(const report& figures);
/// All of it. Times are in microseconds.
boost::json::object to_json(const report& figures);

/// Second by second.
boost::json::array to_json(const series& moments);
/// One operation of it.
boost::json::object to_json(const tally::entry& entry, const load_result& load);

/// `12.30`, with so many digits behind the point.
std::string render_decimal(double value, int digits);
/// `950 µs`, `12.3 ms`, `1.50 s`.
std::string render_time(latency_histogram::duration time);

/// Ratios of two reports that `to_json` made, line by line. Errors: manifest_invalid (one of them
/// is no such report).
result<std::string> compare_reports(std::string_view base, std::string_view other);

} // namespace gantry::bench
