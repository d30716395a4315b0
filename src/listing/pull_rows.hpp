// Writes pulls into the index, inside a transaction.
#pragma once

#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "listing/pull_counts.hpp"
#include "storage/sqlite/connection.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace gantry::listing {

/// Pulls of a reference that is gone are forgotten after this: it may come back by an undo.
inline constexpr std::chrono::hours forget_pulls_after{24 * 90};

void add_pulls(storage::sqlite::connection& rows, const std::vector<counted_pulls>& pulls);
/// What was pulled by the other name, if anything, is forgotten.
void rename_pulls(storage::sqlite::connection& rows, const repository_name& from,
                  const repository_name& to);
/// All, or those of the repositories within `top`.
void forget_pulls(storage::sqlite::connection& rows, const std::optional<repository_name>& top);
/// Adds up old pulls of tags and manifests that are gone, so that their number stays bounded; their
/// repositories still show the sum. Precondition: the content of the index is that of the engine.
void fold_pulls(storage::sqlite::connection& rows, time_point now);

} // namespace gantry::listing
