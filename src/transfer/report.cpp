#include "transfer/report.hpp"

namespace gantry::transfer {

namespace {

constexpr std::size_t max_length = 500;

/// Names in a source may be long or contain terminal control sequences.
std::string printable(std::string_view line) {
  std::string text{line.substr(0, max_length)};
  for (auto& each : text)
    if (static_cast<unsigned char>(each) < ' ' || each == '\x7f')
      each = '?';
  return line.size() > max_length ? text + "..." : text;
}

} // namespace

void transfer_report::add(std::vector<std::string>& lines, std::string_view line) {
  if (lines.size() < max_lines)
    lines.push_back(printable(line));
  else
    ++unsaid;
}

} // namespace gantry::transfer
