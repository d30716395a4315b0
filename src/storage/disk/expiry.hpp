// Removes the tags that a rule removes, inside a transaction.
#pragma once

#include "domain/error.hpp"
#include "domain/expiry.hpp"
#include "domain/manifest_copy.hpp"
#include "domain/tag_patterns.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::storage {

/// See `repository_store::expire`. After an error, the transaction must be rolled back. `now` is in
/// milliseconds.
result<change_summary> expire(sqlite::connection& database, std::string_view name,
                              const expiry& what, const tag_patterns& immutable, std::int64_t now);

} // namespace gantry::storage
