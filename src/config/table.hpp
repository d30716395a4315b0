// The table of settings: the one place that says what each is called, what it may be, what it is if
// it is not given, and what it means. Flags, help, environment, completion, and the tables of the
// documentation come from it.
#pragma once

#include "config/row.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace gantry::config {

/// All rows, in the order of their keys.
std::span<const row> table() noexcept;

/// Those of one group, as help and documentation list them: first what distribution has, too, then
/// what only Gantry has, each in the order of the keys.
std::vector<const row*> rows_of(group section);

/// Null if there is no such key.
const row* find_key(std::string_view key) noexcept;

/// Null if `variable` is not that of any row.
const row* find_variable(std::string_view variable) noexcept;

} // namespace gantry::config
