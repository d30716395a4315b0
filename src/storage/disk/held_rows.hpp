// Looks up which of a manifest's references a repository holds.
#pragma once

#include "domain/references.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <span>

namespace gantry::storage {

/// A `content_lookup`: one query for all of `wanted`, at most `max_looked_up` digests.
void find_held(sqlite::connection& database, std::int64_t repository,
               std::span<const digest> wanted, std::span<held_content> found);

} // namespace gantry::storage
