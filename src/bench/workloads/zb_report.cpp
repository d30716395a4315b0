#include "bench/workloads/zb_report.hpp"

#include "bench/page/report_page.hpp"
#include "bench/seconds.hpp"
#include "bench/table.hpp"

#include <algorithm>
#include <utility>

namespace json = boost::json;

namespace gantry::bench {

namespace {

constexpr double shown_percentiles[] = {50, 75, 90, 99};

/// The latencies of whole requests, with the errors of their steps.
tally::entry whole_requests(const zb_line& line) {
  tally::entry entry;
  entry.latency = line.load.figures.of(operation::image).latency;
  for (std::size_t i = 1; i < operation_count; ++i)
    for (const auto& [kind, count] : line.load.figures.of(static_cast<operation>(i)).errors)
      entry.errors[kind] += count;
  return entry;
}

std::string join_errors(const std::vector<zb_line>& lines) {
  std::string text;
  for (const auto& line : lines)
    for (const auto& [kind, count] : whole_requests(line).errors)
      text += std::string{line.name} + ": " + kind + " × " + std::to_string(count) + "\n";
  return text.empty() ? text : "\nerrors\n" + text;
}

bool is_complete(const std::vector<zb_line>& lines) {
  return std::ranges::none_of(lines, [](const auto& line) { return line.load.interrupted; });
}

} // namespace

double zb_per_second(const zb_line& line) {
  const auto seconds = in_seconds(line.whole);
  const auto count = line.load.figures.of(operation::image).latency.count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

namespace {

std::vector<std::vector<std::string>> table_rows(const std::vector<zb_line>& lines) {
  std::vector<std::vector<std::string>> rows{{"test", "requests", "failed", "requests/s",
                                              "as zb reckons", "MiB/s", "p50", "p75", "p90", "p99",
                                              "max"}};
  for (const auto& line : lines) {
    const auto& entry = line.load.figures.of(operation::image);
    std::vector<std::string> row{std::string{line.name},
                                 std::to_string(entry.latency.count()),
                                 std::to_string(entry.error_count()),
                                 render_decimal(images_per_second(line.load), 1),
                                 render_decimal(zb_per_second(line), 1),
                                 render_decimal(mib_per_second(line.load), 1)};
    for (const auto percent : shown_percentiles)
      row.push_back(render_time(entry.latency.percentile(percent)));
    row.push_back(render_time(entry.latency.max()));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string render_notes(const std::vector<zb_line>& lines) {
  auto text = join_errors(lines);
  return is_complete(lines) ? text : text + "\ninterrupted: a partial result\n";
}

} // namespace

std::string render_zb_table(const std::vector<zb_line>& lines) {
  return render_columns(table_rows(lines)) + render_notes(lines);
}

json::object zb_to_json(const std::vector<zb_line>& lines, json::object described,
                        std::uint64_t seed) {
  json::object made;
  made["format"] = "gantry-bench-1";
  made["workload"] = "zb";
  made["options"] = std::move(described);
  made["seed"] = seed;
  made["complete"] = is_complete(lines);
  std::uint64_t errors = 0;
  json::object tests;
  for (const auto& line : lines) {
    const auto entry = whole_requests(line);
    errors += entry.error_count();
    auto test = to_json(entry, line.load);
    test["mib_per_second"] = mib_per_second(line.load);
    test["zb_per_second"] = zb_per_second(line);
    test["series"] = to_json(line.load.moments);
    tests[line.name] = std::move(test);
  }
  made["errors"] = errors;
  made["operations"] = std::move(tests);
  return made;
}

page zb_page(const std::vector<zb_line>& lines, json::object described, std::uint64_t seed) {
  page made;
  made.title = "gantry bench zb";
  made.options = std::move(described);
  made.seed = seed;
  made.table = table_rows(lines);
  made.notes = render_notes(lines);
  for (const auto& line : lines)
    made.chapters.push_back(chapter_of(std::string{line.name}, "request", line.load));
  return made;
}

} // namespace gantry::bench
