#include "config/changes.hpp"

#include "config/table.hpp"

namespace gantry::config {

changes compare(const settings& before, const settings& after) {
  changes found{.reloadable = {},
                .fixed = {},
                .endpoints = before.webhooks != after.webhooks,
                .rules = before.retention_rules != after.retention_rules,
                .quotas = before.quotas != after.quotas};
  for (const auto& each : table())
    if (each.holds.show(before, each.holds) != each.holds.show(after, each.holds))
      (each.reloadable ? found.reloadable : found.fixed).push_back(&each);
  return found;
}

} // namespace gantry::config
