#include "synthesis/name_range.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace gantry::synthesis {

namespace {

constexpr std::string_view dots = "..";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

bool is_lower(char c) {
  return c == to_lower(c);
}

/// A name, and the number that it ends with.
struct numbered {
  std::string_view stem;
  std::string_view digits;
  std::optional<std::uint64_t> number;
};

numbered split_number(std::string_view name) {
  auto end = name.size();
  while (end > 0 && is_digit(name[end - 1]))
    --end;
  return {name.substr(0, end), name.substr(end), whole_number(name.substr(end))};
}

[[noreturn]] void refuse(std::string_view range, const std::string& reason) {
  throw std::invalid_argument{"the range '" + excerpt(range) + "' " + reason};
}

void check_count(std::string_view range, std::uint64_t first, std::uint64_t last,
                 std::size_t most) {
  if (last < first)
    refuse(range, "runs backwards");
  if (last - first >= most)
    refuse(range, "has more than " + std::to_string(most) + " names");
}

} // namespace

std::vector<std::string> expand_range(std::string_view text, std::size_t most) {
  const auto middle = text.find(dots);
  if (middle == std::string_view::npos)
    return {std::string{text}};
  const auto first = text.substr(0, middle);
  const auto last = text.substr(middle + dots.size());
  std::vector<std::string> names;
  const auto low = split_number(first);
  const auto high = split_number(last);
  if (low.number && high.number && low.stem == high.stem) {
    check_count(text, *low.number, *high.number, most);
    const auto width = low.digits.starts_with('0') ? low.digits.size() : 1;
    for (auto number = *low.number; names.size() <= *high.number - *low.number; ++number) {
      const auto digits = std::to_string(number);
      names.push_back(std::string{low.stem} +
                      std::string(width - std::min(width, digits.size()), '0') + digits);
    }
    return names;
  }
  if (first.empty() || last.size() != first.size() || !is_letter(first.back()) ||
      !is_letter(last.back()) || is_lower(first.back()) != is_lower(last.back()) ||
      first.substr(0, first.size() - 1) != last.substr(0, last.size() - 1))
    refuse(text, "is not of a form such as a..z, 1..100 or v1..v9");
  check_count(text, static_cast<unsigned char>(first.back()),
              static_cast<unsigned char>(last.back()), most);
  for (auto letter = first.back(); letter <= last.back(); ++letter)
    names.push_back(std::string{first.substr(0, first.size() - 1)} + letter);
  return names;
}

} // namespace gantry::synthesis
