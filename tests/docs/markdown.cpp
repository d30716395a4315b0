#include "docs/markdown.hpp"

#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <stdexcept>
#include <utility>

namespace gantry::test {

namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos)
    return {};
  return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

table_row cells_of(std::string_view line) {
  table_row cells;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|')
      cell += line[++i];
    else if (line[i] == '|')
      cells.push_back(trimmed(std::exchange(cell, {})));
    else
      cell += line[i];
  }
  return cells;
}

} // namespace

std::vector<table_row> table_below(std::string_view text, std::string_view heading) {
  std::istringstream lines{std::string{text}};
  std::vector<table_row> rows;
  bool below = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == heading)
      below = true;
    else if (below && line.starts_with('|'))
      rows.push_back(cells_of(line));
    else if (!rows.empty())
      break;
  }
  if (rows.size() < 3)
    throw std::runtime_error{"there is no table below '" + std::string{heading} + "'"};
  rows.erase(rows.begin(), rows.begin() + 2);
  return rows;
}

std::vector<std::string> code_spans(std::string_view cell) {
  std::vector<std::string> spans;
  for (auto start = cell.find('`'); start != std::string_view::npos; start = cell.find('`')) {
    const auto end = cell.find('`', start + 1);
    if (end == std::string_view::npos)
      break;
    spans.emplace_back(cell.substr(start + 1, end - start - 1));
    cell.remove_prefix(end + 1);
  }
  return spans;
}

std::string with_region(std::string_view text, std::string_view name, std::string_view content) {
  const auto opening = "<!-- " + std::string{name} + " -->\n";
  const auto closing = "<!-- /" + std::string{name} + " -->\n";
  const auto start = text.find(opening);
  const auto end = text.find(closing);
  if (start == std::string_view::npos || end == std::string_view::npos || end < start)
    throw std::runtime_error{"there is no region '" + std::string{name} + "'"};
  return std::string{text.substr(0, start + opening.size())}.append(content).append(
    text.substr(end));
}

void check_region(const std::filesystem::path& document, std::string_view region,
                  std::string_view content) {
  const auto text = read_text(std::filesystem::path{GANTRY_SOURCE_DIR} / document);
  check_golden(with_region(text, region, content), document);
}

} // namespace gantry::test
