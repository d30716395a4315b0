// The tables of the metadata database, and the way from each version to the next.
#pragma once

#include <cstdint>
#include <string>

namespace gantry::storage {

/// What this program writes. Every change of the tables raises it by one.
inline constexpr std::int64_t schema_version = 2;

/// A blob's `state`.
enum class blob_state : std::int64_t {
  live = 0,
  /// Nobody links it; its bytes go at `purge_after`, unless somebody publishes it again.
  condemned = 1,
  /// Its bytes are being removed: from here there is no way back.
  purging = 2,
  /// Its bytes are damaged or missing; publishing it again heals it.
  corrupt = 3,
  /// Its last link was deleted: it can be pushed and linked again, but is not found until then.
  unlinked = 4,
};

/// A manifest's `state`.
enum class manifest_state : std::int64_t {
  /// Its bytes had its digest when they came.
  sound = 0,
  /// Its digest was taken on trust (`--lenient`): it says nothing of the bytes.
  trusted = 1,
  /// Its bytes are not its own any more; it is unknown until it is pushed again.
  damaged = 2,
};

/// A blob's `inline`: where its bytes are.
enum class blob_place : std::int64_t {
  file = 0,
  database = 1,
  /// There, too; its digest was taken on trust.
  database_trusted = 2,
};

/// Creates the database, or brings an older one up to date; what an older one does not say of times
/// happened at `now` (milliseconds). Throws std::runtime_error with one line that says what to do:
/// a newer version, another program's database, a damaged one.
void prepare_database(const std::string& path, std::int64_t now);

} // namespace gantry::storage
