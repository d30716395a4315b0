// Pages of sorted lists: the `n` and `last` of tags, catalog and referrers (distribution-spec,
// "Listing Tags").
#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

struct page_request {
  /// At most this many entries; zero asks for none.
  std::size_t limit = 0;
  /// Entries bytewise above this one; empty starts at the beginning. Need not exist.
  std::string last;

  bool operator==(const page_request&) const = default;
};

template <class T>
struct page {
  std::vector<T> items;
  /// More entries follow the last one given.
  bool more = false;

  bool operator==(const page&) const = default;
};

struct page_limits {
  std::size_t default_limit = 100;
  std::size_t max_limit = 1000;
  /// An `n` above the maximum: clamp it (false), or refuse it as docker's registry does (true).
  bool refuse_excess = false;
};

/// `n` and `last` as they stand in the query, decoded. An absent or empty `n` means the default.
/// Errors: pagination_invalid (negative, not a decimal number, one that does not fit 64 bits, or
/// one above the maximum where that is refused).
result<page_request> parse_page(std::optional<std::string_view> n,
                                std::optional<std::string_view> last, const page_limits& limits);

} // namespace gantry
