// Reads a file of trusted issuers.
#pragma once

#include "auth/issuer.hpp"

#include <string_view>
#include <vector>

namespace gantry::auth {

/// docs/tokens.md documents the file. Throws yaml::mistake, which says where the mistake is and
/// what to write instead.
std::vector<issuer> read_issuers(std::string_view text);

} // namespace gantry::auth
