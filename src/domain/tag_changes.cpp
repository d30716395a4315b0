#include "domain/tag_changes.hpp"

#include <algorithm>

namespace gantry {

void for_each_change(const manifest_write& write, bool is_new, const target_lookup& target_of,
                     const change_record& record) {
  const std::optional after{write.value->id()};
  const auto added = write.is_copied ? change_kind::copy : change_kind::push;
  const auto moved = write.is_copied ? change_kind::copy : change_kind::move;
  for (auto each = write.tags.begin(); each != write.tags.end(); ++each) {
    if (std::find(write.tags.begin(), each, *each) != each)
      continue; // it is named twice
    const auto before = target_of(*each);
    if (before != after)
      record(*each, before ? moved : added, before);
  }
  if (write.tags.empty() && is_new)
    record(std::nullopt, added, std::nullopt);
}

} // namespace gantry
