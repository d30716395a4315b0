// The modes of the server: read-only, and without deletes.
#pragma once

#include "api/operations.hpp"
#include "api/options.hpp"
#include "domain/error.hpp"

#include <optional>
#include <string>

namespace gantry::api {

/// Why the server's mode forbids the operation; absent if it does not.
std::optional<errc> refuse_by_mode(const operation& asked, const options& mode);

/// The methods of a route that the mode allows, in the format of `methods_of`.
std::string methods_in_mode(const route& where, const options& mode);

} // namespace gantry::api
