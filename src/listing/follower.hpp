// Brings an index up to date with an engine.
#pragma once

#include "domain/changes.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "listing/database.hpp"
#include "listing/facts.hpp"
#include "storage/api/engine.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace gantry::listing {

/// For a thread that may wait. Throws `storage::sqlite::failure`.
class follower {
public:
  /// Both outlive it.
  follower(storage_engine& engine, database& index) : engine_{engine}, index_{index} {}

  /// Follows the log to where it ends now. Reads the whole content first if that was never done, or
  /// if the log does not tell all that has happened since. Between two steps it asks `goes_on` and
  /// tells it how many manifests and tags it has read of the whole content, zero while it follows;
  /// false ends it, and the next call continues, or reads the content again. Returns whether it has
  /// come to the end. Errors: those of the engine.
  result<bool> catch_up(const std::function<bool(std::uint64_t read)>& goes_on);

private:
  using place = std::pair<repository_name, digest>;
  /// Absent for manifests that are gone.
  using facts_by_place = std::map<place, std::optional<manifest_facts>>;

  /// Whether the log still has what the index has followed.
  result<bool> knows_position(const log_position& at);
  result<bool> build(const std::function<bool(std::uint64_t)>& goes_on);
  result<bool> read_repository(const repository_name& name,
                               const std::function<bool(std::uint64_t)>& goes_on,
                               std::uint64_t& read);
  /// Precondition: it has no gap.
  result<void> follow(const change_page& page);
  /// What manifests of the page are that the index does not have.
  result<facts_by_place> find_new(const change_page& page);
  /// Absent if it is gone.
  result<std::optional<manifest_facts>> find_facts(const repository_store& store, const digest& id);
  result<std::uint64_t> end_of_log();
  /// Of the entry of that number, as `log_position` has it; zero if it is gone.
  result<std::int64_t> time_of(std::uint64_t number);

  storage_engine& engine_;
  database& index_;
  bool has_checked_ = false;
};

} // namespace gantry::listing
