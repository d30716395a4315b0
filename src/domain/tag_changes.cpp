#include "domain/tag_changes.hpp"

#include <algorithm>

namespace gantry {

void for_each_change(const manifest_write& write, bool is_new, const target_lookup& target_of,
                     const change_record& record) {
  const std::optional after{write.value->id()};
  for (auto each = write.tags.begin(); each != write.tags.end(); ++each) {
    if (std::find(write.tags.begin(), each, *each) != each)
      continue; // it is named twice
    const auto before = target_of(*each);
    if (before != after)
      record(*each, before ? change_kind::move : change_kind::push, before);
  }
  if (write.tags.empty() && is_new)
    record(std::nullopt, change_kind::push, std::nullopt);
}

} // namespace gantry
