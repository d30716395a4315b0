#include "telemetry/exposition.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cassert>
#include <iterator>

namespace gantry::telemetry {

namespace {

std::string_view next_of(std::string_view& names) {
  const auto name = names.substr(0, names.find(", "));
  names.remove_prefix(std::min(name.size() + 2, names.size()));
  return name;
}

void append_value(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"')
      text.push_back('\\');
    if (c == '\n')
      text += "\\n";
    else
      text.push_back(c);
  }
}

/// `name="value",…`; empty without labels.
std::string pairs(std::string_view names, exposition::label_values values) {
  std::string text;
  for (const auto value : values) {
    assert(!names.empty());
    text.append(text.empty() ? "" : ",").append(next_of(names)).append("=\"");
    append_value(text, value);
    text.push_back('"');
  }
  assert(names.empty());
  return text;
}

} // namespace

void exposition::begin(metric which) {
  if (current_ == which)
    return;
  current_ = which;
  const auto& row = row_of(which);
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", row.name, row.help,
                 row.name, to_string(row.type));
}

void exposition::sample(std::string_view name, std::string_view suffix, const std::string& labels,
                        double value) {
  const auto* const form = labels.empty() ? "{}{}{} {}\n" : "{}{}{{{}}} {}\n";
  fmt::format_to(std::back_inserter(text_), fmt::runtime(form), name, suffix, labels, value);
}

void exposition::add(metric which, double value, label_values labels) {
  assert(row_of(which).type != metric_type::histogram);
  begin(which);
  sample(row_of(which).name, {}, pairs(row_of(which).labels, labels), value);
}

void exposition::add(metric which, const histogram_counts& counts, label_values labels) {
  const auto& row = row_of(which);
  assert(row.type == metric_type::histogram);
  begin(which);
  const auto known = pairs(row.labels, labels);
  const auto& bounds = row.holds.bounds;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    below += counts.in_bucket[i];
    auto all = known + (known.empty() ? "le=\"" : ",le=\"");
    all += i < bounds.size()
             ? fmt::format("{}", static_cast<double>(bounds[i]) / row.holds.per_unit)
             : std::string{"+Inf"};
    sample(row.name, "_bucket", all + '"', static_cast<double>(below));
  }
  sample(row.name, "_sum", known, static_cast<double>(counts.sum) / row.holds.per_unit);
  sample(row.name, "_count", known, static_cast<double>(below));
}

} // namespace gantry::telemetry
