// Takes changes of a repository back, inside a transaction.
#pragma once

#include "domain/error.hpp"
#include "domain/history.hpp"
#include "domain/tag_patterns.hpp"
#include "domain/undo.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace gantry::storage {

/// See `repository_store::undo`. After an error, the transaction must be rolled back. `now` is in
/// milliseconds.
result<std::vector<history_entry>> undo(sqlite::connection& database, std::string_view name,
                                        const undo_request& request, const tag_patterns& immutable,
                                        std::int64_t now);

} // namespace gantry::storage
