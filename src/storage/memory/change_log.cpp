#include "storage/memory/change_log.hpp"

namespace gantry::storage {

void change_log::leave_gap() {
  {
    const lock_guard lock{mutex_};
    if (last_ == 0)
      return; // there is no reader that knows anything
    ++last_;
  }
  notice_.tell();
}

change_page change_log::list(const change_query& query) const {
  change_page listed{.items = {}, .next = query.after};
  const lock_guard lock{mutex_};
  if (query.after > last_) {
    listed.next = last_;
    listed.has_gap = true;
    return listed;
  }
  auto next = rows_.upper_bound(query.after);
  for (; next != rows_.end() && listed.items.size() < query.limit; ++next) {
    listed.has_gap = listed.has_gap || next->first != listed.next + 1;
    listed.next = next->first;
    listed.items.push_back({*next->second.repository, *next->second.entry});
  }
  listed.more = next != rows_.end();
  if (!listed.more) {
    listed.has_gap = listed.has_gap || listed.next != last_;
    listed.next = last_;
  }
  return listed;
}

} // namespace gantry::storage
