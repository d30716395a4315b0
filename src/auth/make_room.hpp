// Keeps a table from growing.
#pragma once

#include <algorithm>
#include <cstddef>

namespace gantry::auth {

/// Unless `table` has `key`, or fewer than `most` entries: the one that `time_of` finds the
/// earliest goes. Takes linear time then.
template <class Table, class Key, class Time>
void make_room(Table& table, const Key& key, std::size_t most, Time time_of) {
  if (table.size() >= most && !table.contains(key))
    table.erase(std::ranges::min_element(
      table, {}, [&time_of](const auto& each) { return time_of(each.second); }));
}

} // namespace gantry::auth
