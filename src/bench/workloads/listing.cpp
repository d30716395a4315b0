#include "bench/workloads/listing.hpp"

#include "domain/strict_json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace gantry::bench {

namespace {

constexpr std::size_t max_depth = 4;

/// Compares with the slash sorted before all other characters.
bool precedes_by_parts(const std::string& left, const std::string& right) {
  const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
  return std::ranges::lexicographical_compare(left, right, {}, rank, rank);
}

std::optional<std::vector<std::string>> read_names(std::string_view body, std::string_view member) {
  const auto page = parse_object(body, max_depth);
  const auto* list = page ? page->if_contains(member) : nullptr;
  if (!list)
    return std::nullopt;
  std::vector<std::string> names;
  // Go programs write an empty list as null.
  if (list->is_null())
    return names;
  if (!list->is_array())
    return std::nullopt;
  for (const auto& entry : list->as_array()) {
    if (!entry.is_string())
      return std::nullopt;
    names.emplace_back(entry.as_string());
  }
  return names;
}

} // namespace

std::string listing::take(std::string_view body, std::string_view member, bool more) {
  const auto names = read_names(body, member);
  if (!names)
    return "bad_page";
  if (names->size() > page_size_)
    return "page_too_long";
  if (names->empty() && more)
    return "empty_page";
  for (const auto& name : *names) {
    if (!follows(name))
      return "unsorted";
    if (!leaves_no_gap(name))
      return "gap";
  }
  return more || seen_ == expected_.size() ? "" : "gap";
}

bool listing::follows(const std::string& name) {
  if (std::exchange(begun_, true)) {
    by_bytes_ = by_bytes_ && last_ < name;
    by_parts_ = by_parts_ && precedes_by_parts(last_, name);
  }
  last_ = name;
  return by_bytes_ || by_parts_;
}

bool listing::leaves_no_gap(const std::string& name) {
  if (!std::ranges::binary_search(expected_, name))
    return true;
  return expected_[seen_++] == name;
}

} // namespace gantry::bench
