// The log of an engine: what happened in all repositories, in one order.
#pragma once

#include "domain/history.hpp"
#include "domain/repository_name.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace gantry {

/// An entry, and the repository that it is about.
struct logged_change {
  repository_name repository;
  history_entry entry;
};

/// No entry has a number as large: who asks for those after it learns the number of the last one.
inline constexpr auto after_all_changes = std::numeric_limits<std::uint64_t>::max();

/// The first entries after a number.
struct change_query {
  std::uint64_t after = 0;
  std::size_t limit = 100;
};

struct change_page {
  /// The oldest first.
  std::vector<logged_change> items;
  /// The `after` that continues where this page ends. Of the last page the number of the last entry
  /// that there ever was.
  std::uint64_t next = 0;
  /// There are entries after `next`.
  bool more = false;
  /// Entries between `after` and `next` are gone, content was cleared meanwhile, or `after` was
  /// never given: what a reader knows from the entries before may be wrong.
  bool has_gap = false;
};

} // namespace gantry
