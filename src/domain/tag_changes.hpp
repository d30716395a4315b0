// What a push changes, as the histories of all engines tell it.
#pragma once

#include "domain/history.hpp"
#include "domain/manifest_write.hpp"

#include <functional>
#include <optional>

namespace gantry {

/// What a tag points to before the write.
using target_lookup = std::function<std::optional<digest>(const tag&)>;
/// Takes the tag that changes, how, and what it pointed to before.
using change_record =
  std::function<void(const std::optional<tag>&, change_kind, const std::optional<digest>&)>;

/// Calls `record` for each tag that the write gives another manifest, and once without a tag if it
/// stores a new manifest without one.
void for_each_change(const manifest_write& write, bool is_new, const target_lookup& target_of,
                     const change_record& record);

} // namespace gantry
