// Settings of docker's registry (distribution) that Gantry does not have.
#pragma once

#include <string_view>

namespace gantry::config {

/// What is true instead of what `variable` (`REGISTRY_AUTH_HTPASSWD_PATH`) asks for, as the rest of
/// a sentence. Empty if distribution has no such setting either. Call it only for variables that
/// the table of settings does not have.
std::string_view instead_of(std::string_view variable) noexcept;

} // namespace gantry::config
