// What differs between two configurations.
#pragma once

#include "config/row.hpp"
#include "config/settings.hpp"

#include <vector>

namespace gantry::config {

struct changes {
  /// Rows that differ and may be replaced while the server runs.
  std::vector<const row*> reloadable;
  /// Rows that differ and may not.
  std::vector<const row*> fixed;
  /// Whether the endpoints of webhooks differ, which may not be replaced either.
  bool endpoints = false;
  /// Whether the rules of retention differ, likewise.
  bool rules = false;
  /// Whether the quotas differ: likewise.
  bool quotas = false;
};

changes compare(const settings& before, const settings& after);

} // namespace gantry::config
