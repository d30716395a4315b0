// Whether a repository has everything that a manifest names.
#pragma once

#include "domain/error.hpp"
#include "domain/manifest.hpp"

#include <functional>

namespace gantry {

/// `has_blob` and `has_manifest` answer for the repository; a child may be either. Errors:
/// manifest_blob_unknown, with each missing digest once, at most `max_missing_named` of them.
result<void> check_references(const manifest& value,
                              const std::function<bool(const digest&)>& has_blob,
                              const std::function<bool(const digest&)>& has_manifest);

} // namespace gantry
