#include "storage/disk/history_rows.hpp"

#include "domain/microseconds.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

/// The number may come from a client.
constexpr std::size_t most_listed = 1'000'000;

/// An empty text is no digest.
std::string text_of(const std::optional<digest>& id) {
  return id ? id->to_binary() : std::string{};
}

std::optional<digest> digest_of(std::string_view text) {
  auto id = digest::from_binary(text);
  return id ? std::optional{std::move(*id)} : std::nullopt;
}

/// An empty text is no tag.
std::optional<tag> tag_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional{tag::parse_lenient(text).value()};
}

/// Columns as `list_history` and `list_changes` ask for them.
history_entry entry_of(const sqlite::rows& row) {
  const auto sequence = static_cast<std::uint64_t>(row.integer(0));
  const auto change = static_cast<std::uint64_t>(row.integer(10));
  return {.sequence = sequence,
          .change = change == 0 ? sequence : change,
          .at = from_microseconds(row.integer(1)),
          .kind = static_cast<change_kind>(row.integer(2)),
          .name = tag_of(row.text(11)),
          .before = digest_of(row.text(3)),
          .after = digest_of(row.text(4)),
          .size = static_cast<std::uint64_t>(row.integer(5)),
          .media_type = std::string{row.text(6)},
          .by = changer_of(row, 7)};
}

page<history_entry> entries_of(sqlite::rows rows, std::size_t limit) {
  page<history_entry> listed;
  while (rows.next()) {
    if (listed.items.size() == limit) {
      listed.more = true;
      break;
    }
    listed.items.push_back(entry_of(rows));
  }
  return listed;
}

/// The entry of a row of `list_changes`; absent if it was emptied.
std::optional<logged_change> change_of(const sqlite::rows& row) {
  auto repository = repository_name::parse(row.text(12));
  if (!repository)
    return std::nullopt;
  return logged_change{std::move(*repository), entry_of(row)};
}

/// Numbers are never given again, so the row with the last one is emptied instead.
void remove_row(sqlite::connection& database, std::int64_t sequence) {
  const auto emptied = database.run(
    "UPDATE history SET repository_id = 0, tag = '', digest_before = x'', digest_after = x'', "
    "media_type = '', user = '', token = '', address = '', change = 0 "
    "WHERE sequence = ?1 AND sequence = (SELECT MAX(sequence) FROM history)",
    sequence);
  if (emptied == 0)
    database.run("DELETE FROM history WHERE sequence = ?1", sequence);
  else // those that were the last ones before
    database.run("DELETE FROM history WHERE repository_id = 0 AND sequence < ?1", sequence);
}

} // namespace

changer_ptr changer_of(const sqlite::rows& row, int column) {
  changer by{std::string{row.text(column)}, std::string{row.text(column + 1)},
             std::string{row.text(column + 2)}};
  return by == changer{} ? nullptr : std::make_shared<const changer>(std::move(by));
}

const changer& change_writer::by() const {
  static const changer nobody;
  return by_ ? *by_ : nobody;
}

void change_writer::add(const history_row& row) {
  const auto& asked = by();
  const auto before = text_of(row.before);
  const auto after = text_of(row.after);
  database_.run(
    "INSERT INTO history (repository_id, tag, at, kind, digest_before, digest_after, size, "
    "media_type, user, token, address, change) VALUES (?1, ?2, MAX(?3, 1 + COALESCE("
    "(SELECT MAX(at) FROM history WHERE repository_id = ?1 AND tag = ?2 AND ?2 <> ''), "
    "0)), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    repository_, row.name.value_or(std::string_view{}), now_ * 1000,
    static_cast<std::int64_t>(row.kind), sqlite::bytes{before}, sqlite::bytes{after},
    static_cast<std::int64_t>(row.size), row.media_type, std::string_view{asked.user},
    std::string_view{asked.token}, std::string_view{asked.address}, change_);
  if (change_ == 0)
    change_ = database_.last_insert_id();
  tags_ += row.name ? 1 : 0;
}

std::size_t change_writer::add_removals() {
  const auto& asked = by();
  const auto first = 1 + database_.number("SELECT MAX(sequence) FROM history", 0);
  const auto tags = database_.run(
    "INSERT INTO history (repository_id, tag, at, kind, digest_before, digest_after, size, "
    "media_type, user, token, address, change) SELECT ?1, tags.name, MAX(?2, 1 + COALESCE((SELECT "
    "MAX(at) FROM history WHERE repository_id = ?1 AND tag = tags.name), 0)), ?3, digest, x'', "
    "LENGTH(content), media_type, ?4, ?5, ?6, ?7 FROM tags JOIN manifests ON manifests.id = "
    "manifest_id WHERE tags.repository_id = ?1 ORDER BY tags.name",
    repository_, now_ * 1000, static_cast<std::int64_t>(change_kind::remove),
    std::string_view{asked.user}, std::string_view{asked.token}, std::string_view{asked.address},
    first);
  const auto manifests = database_.run(
    "INSERT INTO history (repository_id, tag, at, kind, digest_before, digest_after, size, "
    "media_type, user, token, address, change) SELECT ?1, '', ?2, ?3, digest, x'', "
    "LENGTH(content), media_type, ?4, ?5, ?6, ?7 FROM manifests WHERE repository_id = ?1 "
    "ORDER BY digest",
    repository_, now_ * 1000, static_cast<std::int64_t>(change_kind::remove),
    std::string_view{asked.user}, std::string_view{asked.token}, std::string_view{asked.address},
    first);
  if (manifests > 0) {
    database_.run("UPDATE history SET change = 0 WHERE sequence = ?1", first);
    change_ = first;
  }
  tags_ += static_cast<std::size_t>(tags);
  return static_cast<std::size_t>(manifests);
}

page<history_entry> list_history(sqlite::connection& database, std::string_view repository,
                                 const history_query& query) {
  if (query.limit == 0)
    return {};
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const auto wanted = text_of(query.target);
  const auto before = query.before ? to_microseconds(*query.before) : most;
  const auto since = query.since ? to_microseconds(*query.since) : least;
  const auto below = static_cast<std::int64_t>(
    std::min<std::uint64_t>(query.below.value_or(no_more_history), no_more_history));
  const auto limit = static_cast<std::int64_t>(std::min(query.limit, most_listed) + 1);
  // Of a tag, the index gives times and numbers in the same order. Of a repository, it is read
  // whole, but only for the entries of the page are their rows.
  return query.name
           ? entries_of(
               database.query(
                 "SELECT sequence, at, kind, digest_before, digest_after, size, media_type, user, "
                 "token, address, change, tag FROM history WHERE repository_id = (SELECT id FROM "
                 "repositories WHERE name = ?1) AND tag = ?2 AND at < ?3 AND at > ?4 AND sequence "
                 "< ?7 AND (?5 = x'' OR ?5 = CASE WHEN digest_after = x'' THEN digest_before ELSE "
                 "digest_after END) ORDER BY at DESC LIMIT ?6",
                 repository, std::string_view{query.name->to_string()}, before, since,
                 sqlite::bytes{wanted}, limit, below),
               query.limit)
           : entries_of(
               database.query(
                 "SELECT sequence, at, kind, digest_before, digest_after, size, media_type, user, "
                 "token, address, change, tag FROM history WHERE sequence IN (SELECT sequence FROM "
                 "history WHERE repository_id = (SELECT id FROM repositories WHERE name = ?1) AND "
                 "at < ?2 AND at > ?3 AND sequence < ?6 AND (?4 = x'' OR ?4 = CASE WHEN "
                 "digest_after = x'' THEN digest_before ELSE digest_after END) ORDER BY sequence "
                 "DESC LIMIT ?5) ORDER BY sequence DESC",
                 repository, before, since, sqlite::bytes{wanted}, limit, below),
               query.limit);
}

std::vector<history_entry> find_change(sqlite::connection& database, std::int64_t repository,
                                       std::uint64_t sequence) {
  const auto wanted = static_cast<std::int64_t>(std::min<std::uint64_t>(sequence, no_more_history));
  const auto first = database.number("SELECT CASE change WHEN 0 THEN sequence ELSE change END FROM "
                                     "history WHERE sequence = ?1 AND repository_id = ?2",
                                     0, wanted, repository);
  return entries_of(
           database.query("SELECT sequence, at, kind, digest_before, digest_after, size, "
                          "media_type, user, token, address, change, tag FROM history WHERE "
                          "(sequence = ?1 OR (change = ?1 AND change <> 0)) AND repository_id = ?2 "
                          "ORDER BY sequence DESC",
                          first, repository),
           std::numeric_limits<std::size_t>::max())
    .items;
}

change_page list_changes(sqlite::connection& database, const change_query& query) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  change_page listed{.items = {}, .next = std::min(query.after, most)};
  const auto limit = std::min(query.limit, most_listed);
  auto rows = database.query(
    "SELECT sequence, at, kind, digest_before, digest_after, size, media_type, user, token, "
    "address, change, tag, (SELECT name FROM repositories WHERE id = repository_id) "
    "FROM history WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
    static_cast<std::int64_t>(listed.next), static_cast<std::int64_t>(limit + 1));
  for (std::size_t seen = 0; rows.next(); ++seen) {
    if (seen == limit) {
      listed.more = true;
      return listed;
    }
    const auto number = static_cast<std::uint64_t>(rows.integer(0));
    auto change = change_of(rows);
    listed.has_gap = listed.has_gap || !change || number != listed.next + 1;
    listed.next = number;
    if (change)
      listed.items.push_back(std::move(*change));
  }
  const auto last =
    static_cast<std::uint64_t>(database.number("SELECT MAX(sequence) FROM history", 0));
  if (listed.next > last) {
    listed.next = last;
    listed.has_gap = true;
  }
  return listed;
}

std::vector<std::int64_t> find_old_history(sqlite::connection& database, const history_rules& rules,
                                           time_point now, std::int64_t most, std::int64_t& last) {
  const auto per_tag = static_cast<std::int64_t>(rules.per_tag);
  std::vector<std::int64_t> found;
  auto rows = database.query(
    "SELECT sequence, tag = '' OR ?4 <= (SELECT COUNT(*) FROM (SELECT 1 FROM history WHERE "
    "repository_id = old.repository_id AND tag = old.tag AND at > old.at LIMIT ?4)) "
    "FROM history AS old WHERE sequence > ?1 AND at <= ?2 AND repository_id <> 0 "
    "ORDER BY sequence LIMIT ?3",
    last, to_microseconds(now - rules.keep), most, per_tag);
  last = no_more_history;
  while (rows.next()) {
    last = rows.integer(0);
    if (rows.integer(1) != 0)
      found.push_back(last);
  }
  return found;
}

void remove_history(sqlite::connection& database, const std::vector<std::int64_t>& sequences) {
  for (const auto each : sequences)
    remove_row(database, each);
}

std::int64_t leave_gap(sqlite::connection& database) {
  database.run("INSERT INTO history (repository_id, tag, at, kind, digest_before, digest_after, "
               "size, media_type, user, token, address, change) "
               "VALUES (0, '', 0, 0, x'', x'', 0, '', '', '', '', 0)");
  return database.last_insert_id();
}

void forget_history(sqlite::connection& database, std::optional<std::int64_t> repository) {
  const auto first = repository.value_or(0);
  const auto last = repository ? first : std::numeric_limits<std::int64_t>::max();
  if (database.number("SELECT EXISTS (SELECT 1 FROM history WHERE repository_id BETWEEN ?1 AND ?2)",
                      0, first, last) == 0)
    return;
  const auto mark = leave_gap(database);
  database.run("DELETE FROM history WHERE (repository_id = 0 OR repository_id BETWEEN ?1 AND ?2) "
               "AND sequence < ?3",
               first, last, mark);
}

} // namespace gantry::storage
