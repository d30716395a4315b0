#include "config/values.hpp"

#include "base/size_unit.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

namespace gantry::config {

namespace {

using std::chrono::milliseconds;

struct time_unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<time_unit, 5> time_units{
  {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

constexpr std::string_view digits = "0123456789";

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
  throw std::invalid_argument{"'" + std::string{text} + "' " + reason};
}

/// The leading digits of a text.
std::string_view leading_digits(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of(digits), text.size()));
}

/// Empty if the number does not fit.
std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

/// Why a text is not a whole number: a sign, a fraction, or anything else.
std::string why_not_whole(std::string_view text, std::string_view what) {
  const auto number = text.substr(text.starts_with('-') ? 1 : 0);
  const bool begins_well = !leading_digits(number).empty();
  if (begins_well && text.starts_with('-'))
    return "is negative";
  if (begins_well && number.substr(leading_digits(number).size()).starts_with('.'))
    return "has a fraction";
  return "is not " + std::string{what};
}

/// Removes the decimal number that the text begins with; infinity if it does not fit. Empty for
/// `nan`, `inf` and signs.
std::optional<double> decimal(std::string_view& text) {
  if (text.empty() || digits.find(text.front()) == std::string_view::npos)
    return std::nullopt;
  double number = 0;
  const auto read =
    std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (read.ec != std::errc{})
    number = std::numeric_limits<double>::infinity();
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

/// Removes the unit that the text begins with and returns its milliseconds; seconds if the text is
/// empty.
std::optional<double> take_unit(std::string_view& text, bool first) {
  if (text.empty() && first)
    return 1000;
  const auto name = text.substr(0, std::min(text.find_first_of(digits), text.size()));
  const auto unit = std::ranges::find(time_units, name, &time_unit::name);
  if (unit == time_units.end())
    return std::nullopt;
  text.remove_prefix(name.size());
  return static_cast<double>(unit->milliseconds);
}

/// Empty if the text is not a duration.
std::optional<double> sum_of_milliseconds(std::string_view text) {
  double sum = 0;
  bool first = true;
  do {
    const auto number = decimal(text);
    const auto unit = number ? take_unit(text, first) : std::nullopt;
    if (!unit)
      return std::nullopt;
    sum += *number * *unit;
    first = false;
  } while (!text.empty());
  return sum;
}

std::string shorten(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

} // namespace

std::uint64_t read_size(std::string_view text, bounds allowed) {
  const auto number = leading_digits(text);
  const auto unit = bytes_in(trim(text.substr(number.size())));
  if (number.empty() || !unit)
    refuse(text, why_not_whole(text, "a size") +
                   ": write a whole number of bytes, with or without KiB, MiB, GiB or TiB, "
                   "such as 512MiB, 1536MiB or 2GiB");
  const auto count = whole_number(number);
  if (!count || *count > allowed.most / *unit)
    refuse(text, "is too large: at most " + render_size(allowed.most) + ", such as 512MiB");
  if (*count * *unit < allowed.least)
    refuse(text, "is too small: at least " + render_size(allowed.least) + ", such as 512MiB");
  return *count * *unit;
}

milliseconds read_duration(std::string_view text, milliseconds least, milliseconds most) {
  const auto sum = sum_of_milliseconds(text);
  if (!sum) {
    const bool is_negative = text.starts_with('-') && sum_of_milliseconds(text.substr(1));
    const std::string mistake = is_negative ? "is negative" : "is not a duration";
    refuse(text, mistake + ": write a number with ms, s, m, h or d, or a number of seconds, such "
                           "as 500ms, 30s or 1h");
  }
  if (*sum > static_cast<double>(most.count()))
    refuse(text, "is too long: at most " + render_duration(most) + ", such as " +
                   render_duration(std::min<milliseconds>(most, std::chrono::hours{1})));
  // A duration that rounds to zero is refused because zero means "never" for some options.
  const auto shortest = std::max(least, milliseconds{*sum > 0 ? 1 : 0});
  const milliseconds span{std::llround(*sum)};
  if (span < shortest)
    refuse(text, "is too short: at least " + render_duration(shortest) + ", such as " +
                   render_duration(std::max<milliseconds>(shortest, std::chrono::seconds{30})));
  return span;
}

std::uint64_t read_count(std::string_view text, bounds allowed, std::uint64_t example) {
  const auto right = ": write a whole number from " + std::to_string(allowed.least) + " to " +
                     std::to_string(allowed.most) + ", such as " + std::to_string(example);
  if (text.empty() || leading_digits(text) != text)
    refuse(text, why_not_whole(text, "a number") + right);
  const auto number = whole_number(text);
  if (!number || *number > allowed.most)
    refuse(text, "is too large" + right);
  if (*number < allowed.least)
    refuse(text, "is too small" + right);
  return *number;
}

double read_decimal(std::string_view text, double least, double most) {
  auto rest = text;
  const auto number = decimal(rest);
  if (!number || !rest.empty() || *number < least || *number > most)
    refuse(text, "is not a number from " + shorten(least) + " to " + shorten(most) +
                   ": write one such as 0.5 or 100");
  return *number;
}

std::string render_size(std::uint64_t bytes) {
  std::size_t prefixes = 0;
  while (bytes != 0 && bytes % 1024 == 0 && prefixes < size_prefixes.size()) {
    bytes /= 1024;
    ++prefixes;
  }
  if (prefixes == 0)
    return std::to_string(bytes) + "B";
  const auto upper = static_cast<char>(size_prefixes[prefixes - 1] - 'a' + 'A');
  return std::to_string(bytes) + upper + "iB";
}

std::string render_duration(milliseconds span) {
  for (const auto& unit : time_units)
    if (span.count() != 0 && span.count() % unit.milliseconds == 0)
      return std::to_string(span.count() / unit.milliseconds) + std::string{unit.name};
  return "0";
}

} // namespace gantry::config
