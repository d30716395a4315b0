// The rows of `history`: what happened to the tags and manifests of a repository.
#pragma once

#include "domain/changes.hpp"
#include "domain/history.hpp"
#include "domain/paging.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::storage {

/// Who is named by the columns user, token and address, the first of which is `column`.
changer_ptr changer_of(const sqlite::rows& row, int column);

/// What a change does to one tag, or to a manifest without one.
struct history_row {
  change_kind kind = change_kind::push;
  /// Empty: the manifest itself.
  std::optional<std::string_view> name = std::nullopt;
  std::optional<digest> before = std::nullopt;
  std::optional<digest> after = std::nullopt;
  std::uint64_t size = 0;
  std::string_view media_type = {};
};

/// Adds the rows of one change, in its transaction.
class change_writer {
public:
  /// `now` is in milliseconds.
  change_writer(sqlite::connection& database, std::int64_t repository, changer_ptr by,
                std::int64_t now)
    : database_{database}, repository_{repository}, by_{std::move(by)}, now_{now} {}

  /// The row's time is `now`, or just after that of the tag's last row.
  void add(const history_row& row);
  /// Rows that say that all tags and manifests of the repository are removed; before it is done.
  /// Returns how many manifests these are. Precondition: it is the first of the change.
  std::size_t add_removals();
  /// The number of the first row; 0 if there is none.
  std::int64_t change() const noexcept { return change_; }
  /// How many rows name a tag.
  std::size_t tags() const noexcept { return tags_; }

private:
  /// Empty if it is not known.
  const changer& by() const;

  sqlite::connection& database_;
  const std::int64_t repository_;
  const changer_ptr by_;
  const std::int64_t now_;
  std::int64_t change_ = 0;
  std::size_t tags_ = 0;
};

/// The rows of the change that row `sequence` belongs to, the newest first; none if the repository
/// has no such row.
std::vector<history_entry> find_change(sqlite::connection& database, std::int64_t repository,
                                       std::uint64_t sequence);

/// See `repository_store::list_history`.
page<history_entry> list_history(sqlite::connection& database, std::string_view repository,
                                 const history_query& query);

/// See `metadata_engine::list_changes`. Numbers without rows, and emptied rows, are gaps: one
/// writer gives each number, and commits them in their order.
change_page list_changes(sqlite::connection& database, const change_query& query);

/// Larger than the number of every row.
inline constexpr auto no_more_history = std::numeric_limits<std::int64_t>::max();

/// Looks at the next `most` old rows after the number `last`, and returns the numbers of those that
/// the rules do not keep. `last` moves on to the last row that was seen, or is `no_more_history`.
std::vector<std::int64_t> find_old_history(sqlite::connection& database, const history_rules& rules,
                                           time_point now, std::int64_t most, std::int64_t& last);
/// Rows that are gone do not matter.
void remove_history(sqlite::connection& database, const std::vector<std::int64_t>& sequences);

/// An empty row takes the next number, so that readers of the log notice. Returns the number.
std::int64_t leave_gap(sqlite::connection& database);
/// Forgets everything, of one repository if there is one, and leaves a gap, so that no number is
/// given again.
void forget_history(sqlite::connection& database,
                    std::optional<std::int64_t> repository = std::nullopt);

} // namespace gantry::storage
