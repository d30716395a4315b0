#include "bench/report.hpp"
#include "bench/table.hpp"
#include "domain/strict_json.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <vector>

namespace json = boost::json;

namespace gantry::bench {

namespace {

constexpr std::size_t max_depth = 8;
constexpr const char* compared_times[] = {"p50", "p90", "p99", "p99.9", "max"};

result<json::object> read_report(std::string_view text) {
  auto read = parse_object(text, max_depth);
  if (!read)
    return read.error();
  const auto* format = read->if_contains("format");
  const auto* operations = read->if_contains("operations");
  if (!format || *format != "gantry-bench-1" || !operations || !operations->is_object())
    return fail(errc::manifest_invalid, "not a report of gantry bench");
  return read;
}

std::optional<double> number(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  if (!found || !found->is_number())
    return std::nullopt;
  return found->to_number<double>();
}

const json::object* member(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found ? found->if_object() : nullptr;
}

std::string decimal(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", value < 100 ? 2 : 0, value);
  return text.data();
}

/// Collects the rows of a comparison.
class rows {
public:
  rows() : rows_{{"", "A", "B", "B/A"}} {}

  void add(const std::string& name, const json::object& base, const json::object& other,
           std::string_view key) {
    const auto a = number(base, key);
    const auto b = number(other, key);
    if (a && b)
      rows_.push_back({name, decimal(*a), decimal(*b), *a > 0 ? decimal(*b / *a) : "-"});
  }

  /// Adds nothing if either has no latencies.
  void add_operation(const std::string& name, const json::object& base, const json::object& other) {
    if (number(base, "count").value_or(0) == 0 || number(other, "count").value_or(0) == 0)
      return;
    add(name + " per second", base, other, "per_second");
    const auto* a = member(base, "latency_us");
    const auto* b = member(other, "latency_us");
    for (const auto* time : compared_times)
      if (a && b)
        add(name + ", " + time + " (µs)", *a, *b, time);
  }

  std::string render() const { return render_columns(rows_); }

private:
  std::vector<std::vector<std::string>> rows_;
};

} // namespace

result<std::string> compare_reports(std::string_view base, std::string_view other) {
  const auto a = read_report(base);
  if (!a)
    return a.error();
  const auto b = read_report(other);
  if (!b)
    return b.error();
  rows table;
  table.add("images/s", *a, *b, "images_per_second");
  table.add("MiB/s", *a, *b, "mib_per_second");
  table.add("errors", *a, *b, "errors");
  const auto& theirs = b->at("operations").as_object();
  for (const auto& [name, entry] : a->at("operations").as_object())
    if (const auto* same = member(theirs, name); same && entry.is_object())
      table.add_operation(std::string{name}, entry.as_object(), *same);
  return table.render();
}

} // namespace gantry::bench
