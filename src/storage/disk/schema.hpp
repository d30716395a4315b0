// The tables of the metadata database, and the way from each version to the next.
#pragma once

#include <cstdint>
#include <string>

namespace gantry::storage {

/// What this program writes. Every change of the tables raises it by one.
inline constexpr std::int64_t schema_version = 1;

/// A blob's `state`.
enum class blob_state : std::int64_t {
  live = 0,
  /// Nobody links it; its bytes go at `purge_after`, unless somebody publishes it again.
  condemned = 1,
  /// Its bytes are being removed: from here there is no way back.
  purging = 2,
  /// Its bytes are damaged or missing; publishing it again heals it.
  corrupt = 3,
};

/// Creates the database, or brings an older one up to date. Throws std::runtime_error with one line
/// that says what to do: a newer version, another program's database, a damaged one.
void prepare_database(const std::string& path);

} // namespace gantry::storage
