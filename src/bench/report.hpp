// The figures of a load, as a table and as JSON.
#pragma once

#include "bench/load_result.hpp"
#include "domain/error.hpp"

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
  /// What the workload counts, as the table calls it.
  std::string unit = "image";
  /// The options, as the JSON shows them.
  boost::json::object options;
  std::uint64_t seed = 0;
  load_result load;
  /// Processor time of this process, in seconds.
  double client_cpu = 0;
};

/// Images per second. Zero if nothing was measured.
double images_per_second(const load_result& load);
/// MiB of blobs and manifests per second. Zero if nothing was measured.
double mib_per_second(const load_result& load);

/// A row per operation that happened, below a row with the names of the columns.
std::vector<std::vector<std::string>> table_rows(const report& figures);
/// Errors by kind, and a summary of the load.
std::string render_notes(const report& figures);
/// Both, as plain text.
std::string render_table(const report& figures);
/// Everything. Times are in microseconds.
boost::json::object to_json(const report& figures);

/// Second by second.
boost::json::array to_json(const series& moments);
/// One operation.
boost::json::object to_json(const tally::entry& entry, const load_result& load);

/// `12.30`, with so many digits after the point.
std::string render_decimal(double value, int digits);
/// `950 µs`, `12.3 ms`, `1.50 s`.
std::string render_time(latency_histogram::duration time);

/// A table of the ratios of two reports that `to_json` has made. Errors: manifest_invalid (one of
/// them is not such a report).
result<std::string> compare_reports(std::string_view base, std::string_view other);

} // namespace gantry::bench
