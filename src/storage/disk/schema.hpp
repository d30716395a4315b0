// The tables of the metadata database, and the upgrade from each version to the next.
#pragma once

#include "domain/time_point.hpp"
#include "storage/sqlite/location.hpp"

#include <cstdint>
#include <string>

namespace gantry::storage {

/// The version that this program writes. Every change to the tables raises it by one.
inline constexpr std::int64_t schema_version = 3;

/// The time format of the database, except in `history`.
std::int64_t to_milliseconds(time_point when) noexcept;
time_point from_milliseconds(std::int64_t when) noexcept;

/// A blob's `state`.
enum class blob_state : std::int64_t {
  live = 0,
  /// Without links; its bytes are removed at `purge_after` unless it is published again.
  condemned = 1,
  /// Its bytes are being removed; this cannot be undone.
  purging = 2,
  /// Its bytes are damaged or missing; publishing it again repairs it.
  corrupt = 3,
  /// Its last link was deleted: not found until it is pushed or linked again.
  unlinked = 4,
};

/// A manifest's `state`.
enum class manifest_state : std::int64_t {
  /// Its bytes matched its digest when they were stored.
  sound = 0,
  /// Its digest was taken on trust (`--lenient`) and may not match the bytes.
  trusted = 1,
  /// Its bytes no longer match its digest; unknown until it is pushed again.
  damaged = 2,
};

/// A blob's `inline`: where its bytes are.
enum class blob_place : std::int64_t {
  file = 0,
  database = 1,
  /// In the database; its digest was taken on trust.
  database_trusted = 2,
};

/// Creates the database or upgrades an older one, using `now` (milliseconds) for times that the
/// older version did not record. Throws std::runtime_error with one line that says what to do: a
/// newer version, another program's database, a damaged one.
void prepare_database(const sqlite::location& place, std::int64_t now);

} // namespace gantry::storage
