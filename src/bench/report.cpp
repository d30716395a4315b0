#include "bench/report.hpp"

#include "base/text.hpp"
#include "bench/seconds.hpp"
#include "bench/table.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace json = boost::json;

namespace gantry::bench {

namespace {

struct named_percentile {
  const char* name;
  double percent;
};

constexpr named_percentile percentiles[] = {
  {"p50", 50}, {"p75", 75},     {"p90", 90},       {"p95", 95},
  {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99},
};
constexpr double shown_percentiles[] = {50, 90, 99, 99.9};

double rate(double amount, const load_result& load) {
  return load.measured.count() > 0 ? amount / in_seconds(load.measured) : 0;
}

std::vector<std::string> table_row(operation what, const report& figures) {
  const auto& entry = figures.load.figures.of(what);
  const auto count = entry.latency.count();
  const auto name = what == operation::image ? figures.unit : std::string{to_string(what)};
  std::vector<std::string> row{name, std::to_string(count),
                               render_decimal(rate(static_cast<double>(count), figures.load), 1)};
  const auto show = [&](latency_histogram::duration time) {
    row.push_back(count == 0 ? "-" : render_time(time));
  };
  for (const auto percent : shown_percentiles)
    show(entry.latency.percentile(percent));
  show(entry.latency.max());
  row.push_back(std::to_string(entry.error_count()));
  return row;
}

std::string error_lines(const tally& figures) {
  std::string lines;
  for (std::size_t i = 0; i < operation_count; ++i) {
    const auto what = static_cast<operation>(i);
    if (what == operation::image)
      continue;
    for (const auto& [kind, count] : figures.of(what).errors)
      lines.append(to_string(what))
        .append(": ")
        .append(kind)
        .append(" × ")
        .append(std::to_string(count) + "\n");
  }
  return lines.empty() ? lines : "\nerrors\n" + lines;
}

} // namespace

std::string render_decimal(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

json::object to_json(const tally::entry& entry, const load_result& load) {
  json::object made;
  const auto& latency = entry.latency;
  made["count"] = latency.count();
  made["per_second"] = rate(static_cast<double>(latency.count()), load);
  json::object times;
  times["mean"] = latency.mean();
  for (const auto& each : percentiles)
    times[each.name] = latency.percentile(each.percent).count();
  times["max"] = latency.max().count();
  made["latency_us"] = std::move(times);
  json::object errors;
  for (const auto& [kind, count] : entry.errors)
    errors[kind] = count;
  made["errors"] = std::move(errors);
  return made;
}

json::array to_json(const series& moments) {
  json::array made;
  for (const auto& each : moments) {
    json::object entry;
    entry["seconds"] = in_seconds(each.end);
    entry["count"] = each.count;
    entry["failed"] = each.failed;
    entry["per_second"] = each.per_second();
    entry["p50"] = each.p50.count();
    entry["p99"] = each.p99.count();
    entry["max"] = each.max.count();
    made.push_back(std::move(entry));
  }
  return made;
}

double images_per_second(const load_result& load) {
  return rate(static_cast<double>(load.figures.of(operation::image).latency.count()), load);
}

double mib_per_second(const load_result& load) {
  return rate(static_cast<double>(load.figures.bytes()) / (1024 * 1024), load);
}

std::string render_time(latency_histogram::duration time) {
  const auto us = static_cast<double>(time.count());
  if (us < 1000)
    return render_decimal(us, 0) + " µs";
  const bool in_ms = us < 1e6;
  const auto value = us / (in_ms ? 1e3 : 1e6);
  const auto digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return render_decimal(value, digits) + (in_ms ? " ms" : " s");
}

std::vector<std::vector<std::string>> table_rows(const report& figures) {
  std::vector<std::vector<std::string>> rows{
    {"operation", "count", "ops/s", "p50", "p90", "p99", "p99.9", "max", "errors"}};
  for (std::size_t i = 0; i < operation_count; ++i) {
    const auto& entry = figures.load.figures.of(static_cast<operation>(i));
    if (entry.latency.count() > 0 || !entry.errors.empty())
      rows.push_back(table_row(static_cast<operation>(i), figures));
  }
  return rows;
}

std::string render_table(const report& figures) {
  return render_columns(table_rows(figures)) + render_notes(figures);
}

std::string render_notes(const report& figures) {
  const auto& load = figures.load;
  auto text = error_lines(load.figures);
  text += concat("\n", render_decimal(images_per_second(load), 1)) + " " + figures.unit + "s/s, " +
          render_decimal(mib_per_second(load), 2) + " MiB/s in " +
          render_decimal(in_seconds(load.measured), 2) + " s; " +
          render_decimal(figures.client_cpu, 2) + " s of processor time here; seed " +
          std::to_string(figures.seed) + "\n";
  if (const auto declined = load.figures.declined_mounts(); declined > 0)
    text += std::to_string(declined) + " mounts were answered with 202: these layers were pushed\n";
  if (load.missed > 0)
    text += std::to_string(load.missed) + " " + figures.unit +
            "s were due and never started: the registry or the number of connections is too "
            "small for the rate\n";
  if (load.interrupted)
    text += "interrupted: a partial result\n";
  return text;
}

json::object to_json(const report& figures) {
  const auto& load = figures.load;
  json::object made;
  made["format"] = "gantry-bench-1";
  made["workload"] = figures.workload;
  made["unit"] = figures.unit;
  made["options"] = figures.options;
  made["seed"] = figures.seed;
  made["complete"] = !load.interrupted;
  made["seconds"] = in_seconds(load.measured);
  made["images_per_second"] = images_per_second(load);
  made["bytes"] = load.figures.bytes();
  made["mib_per_second"] = mib_per_second(load);
  made["mounts_declined"] = load.figures.declined_mounts();
  made["missed"] = load.missed;
  made["errors"] = load.figures.error_count();
  made["client_cpu_seconds"] = figures.client_cpu;
  json::object operations;
  for (std::size_t i = 0; i < operation_count; ++i) {
    const auto what = static_cast<operation>(i);
    const auto& entry = load.figures.of(what);
    if (entry.latency.count() > 0 || !entry.errors.empty())
      operations[to_string(what)] = to_json(entry, load);
  }
  made["operations"] = std::move(operations);
  made["series"] = to_json(load.moments);
  return made;
}

} // namespace gantry::bench
