// Parsing and rendering of ranges.
#include "http/range.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace gantry::http {

namespace {

constexpr auto highest = std::numeric_limits<std::uint64_t>::max();

/// Range units are case-insensitive tokens (RFC 9110, 14.1).
bool is_bytes_unit(std::string_view unit) noexcept {
  return std::ranges::equal(unit, std::string_view{"bytes"}, {}, to_lower);
}

/// Digits only; a number that does not fit becomes the highest.
std::optional<std::uint64_t> saturating_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (stop != end || failure == std::errc::invalid_argument)
    return std::nullopt;
  return failure == std::errc::result_out_of_range ? highest : number;
}

/// `500-1499`, `500-` or `-500`, as written.
struct range_spec {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};

std::optional<range_spec> parse_spec(std::string_view text) noexcept {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || text.size() == 1)
    return std::nullopt;
  const auto left = text.substr(0, dash);
  const auto right = text.substr(dash + 1);
  range_spec spec;
  if (!left.empty() && !(spec.first = saturating_number(left)))
    return std::nullopt;
  if (!right.empty() && !(spec.last = saturating_number(right)))
    return std::nullopt;
  if (spec.first && spec.last && *spec.last < *spec.first)
    return std::nullopt;
  return spec;
}

/// The part within `size` bytes; absent for a range wholly outside.
std::optional<byte_range> clamp(const range_spec& spec, std::uint64_t size) noexcept {
  if (!spec.first) {
    const auto length = std::min(*spec.last, size);
    return length == 0 ? std::nullopt : std::optional{byte_range{size - length, size - 1}};
  }
  if (*spec.first >= size)
    return std::nullopt;
  return byte_range{*spec.first, std::min(spec.last.value_or(highest), size - 1)};
}

refusal malformed_range() {
  return refuse(refusal_code::range_not_satisfiable, "the Range header is malformed");
}

/// RFC 9110, 14.2: more than two overlapping ranges are a sign of an attack. Errors:
/// too_many_ranges.
result<void> check_modest(std::vector<byte_range> ranges, std::uint64_t size) {
  std::ranges::sort(ranges, {}, &byte_range::first);
  std::uint64_t budget = size;
  std::size_t overlaps = 0;
  std::uint64_t end = 0; // of the ranges so far
  for (const auto& range : ranges) {
    if (range.length() > budget)
      return refuse(refusal_code::too_many_ranges, "the ranges have more bytes than the content");
    budget -= range.length();
    if (range.first < end && ++overlaps > 1)
      return refuse(refusal_code::too_many_ranges, "more than two ranges overlap");
    end = std::max(end, range.last + 1);
  }
  return {};
}

} // namespace

result<std::vector<byte_range>> parse_range(std::string_view header, std::uint64_t size) {
  const auto equals = header.find('=');
  const auto unit = trim(header.substr(0, equals));
  if (equals == std::string_view::npos || unit.empty())
    return malformed_range();
  if (!is_bytes_unit(unit))
    return std::vector<byte_range>{};
  std::vector<byte_range> ranges;
  std::size_t asked = 0;
  for (std::string_view rest = header.substr(equals + 1); !rest.empty();) {
    const auto comma = rest.find(',');
    const auto element = trim(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    // Empty list elements are skipped (RFC 9110, 5.6.1).
    if (element.empty())
      continue;
    const auto spec = parse_spec(element);
    if (!spec)
      return malformed_range();
    if (++asked > max_ranges)
      return refuse(refusal_code::too_many_ranges,
                    "more than " + std::to_string(max_ranges) + " ranges");
    if (const auto inside = clamp(*spec, size))
      ranges.push_back(*inside);
  }
  if (ranges.empty())
    return refuse(refusal_code::range_not_satisfiable, asked == 0 ? "no range is given" : "");
  if (auto modest = check_modest(ranges, size); !modest)
    return std::move(modest).error();
  return ranges;
}

result<byte_range> parse_content_range(std::string_view header) {
  const auto refused = [] {
    return refuse(refusal_code::range_not_satisfiable, "Content-Range is malformed");
  };
  auto text = trim(header);
  if (const auto blank = text.find(' '); blank != std::string_view::npos) {
    if (!is_bytes_unit(text.substr(0, blank)))
      return refused();
    text = trim(text.substr(blank));
  }
  const auto slash = text.find('/');
  const auto spec = parse_spec(text.substr(0, slash));
  // Below the highest number, so that offset and length add up without overflow.
  if (!spec || !spec->first || !spec->last || *spec->last == highest)
    return refused();
  if (slash != std::string_view::npos && text.substr(slash + 1) != "*") {
    const auto total = saturating_number(text.substr(slash + 1));
    if (!total || *spec->last >= *total)
      return refused();
  }
  return byte_range{*spec->first, *spec->last};
}

std::string content_range(byte_range range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + '/' +
         std::to_string(size);
}

std::string unsatisfied_range(std::uint64_t size) {
  return "bytes */" + std::to_string(size);
}

} // namespace gantry::http
