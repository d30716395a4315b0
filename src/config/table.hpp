// The table of settings: the only place with their names, values, defaults and meaning. Flags,
// help, environment, completion and the tables of the documentation are generated from it.
#pragma once

#include "config/row.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace gantry::config {

/// All rows, sorted by key.
std::span<const row> table() noexcept;

/// The rows of one group in the order of help and documentation: first those that distribution has
/// too, then Gantry's own, each sorted by key.
std::vector<const row*> rows_of(group section);

/// Null if the key is unknown.
const row* find_key(std::string_view key) noexcept;

/// Null if no row has this variable.
const row* find_variable(std::string_view variable) noexcept;

} // namespace gantry::config
