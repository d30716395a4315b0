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
  /// Only entries that sort bytewise after this one; empty starts at the beginning. Need not exist.
  std::string last;

  bool operator==(const page_request&) const = default;
};

template <class T>
struct page {
  std::vector<T> items;
  /// Whether more entries follow the last one.
  bool more = false;

  bool operator==(const page&) const = default;
};

struct page_limits {
  std::size_t default_limit = 100;
  std::size_t max_limit = 1000;
  /// Whether an `n` above the maximum is refused, as in docker's registry, instead of clamped.
  bool refuse_excess = false;
};

/// Parses the decoded `n` and `last` of a query. An absent or empty `n` means the default. Errors:
/// pagination_invalid (negative, not a decimal number, does not fit in 64 bits, or is above the
/// maximum and `refuse_excess` is set).
result<page_request> parse_page(std::optional<std::string_view> n,
                                std::optional<std::string_view> last, const page_limits& limits);

} // namespace gantry
