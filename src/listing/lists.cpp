#include "listing/lists.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "listing/columns.hpp"
#include "listing/database.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace gantry::listing {

namespace {

using storage::sqlite::bytes;
using storage::sqlite::connection;
namespace sqlite = storage::sqlite;

std::optional<time_point> time_of(std::int64_t microseconds) {
  return microseconds == 0 ? std::nullopt : std::optional{from_microseconds(microseconds)};
}

pull_summary pulls_of(std::int64_t count, std::int64_t last) {
  return {static_cast<std::uint64_t>(count), time_of(last)};
}

std::vector<std::string> platforms_of(std::string_view text) {
  const auto items = split(text, ',');
  return {items.begin(), items.end()};
}

/// Which rows a page wants, by their names.
class name_filter {
public:
  explicit name_filter(const page_query& page)
    : glob_{page.name}, part_{in_lower_case(page.contains)} {
    prefix_ = glob_.substr(0, glob_.find('*'));
  }

  bool match(std::string_view name) const {
    return (glob_.empty() || matches_glob(glob_, name)) &&
           (part_.empty() || in_lower_case(name).find(part_) != std::string::npos);
  }
  /// Whether no name matches that is behind this one in the order of names.
  bool ends_before(std::string_view name, bool descending) const {
    if (prefix_.empty() || name.starts_with(prefix_))
      return false;
    return descending ? name < prefix_ : name > prefix_;
  }
  /// What all matching names begin with.
  const std::string& prefix() const noexcept { return prefix_; }
  /// Before all matching names, in the order of names, and not long before. Precondition: there is
  /// a prefix.
  row_place place_before(bool descending) const {
    auto name = prefix_;
    if (descending)
      name += '\x7f';
    else
      --name.back();
    return {name, name};
  }

private:
  const std::string& glob_;
  std::string part_;
  std::string prefix_;
};

/// Runs the query of a page: `in` is bound as the scope.
sqlite::rows start(connection& rows, const char* text, std::int64_t in, column_kind kind,
                   const std::optional<row_place>& last) {
  if (!last)
    return rows.query(text, in);
  const std::string_view name = last->name;
  if (const auto* const number = std::get_if<std::int64_t>(&last->value))
    return rows.query(text, in, *number, name);
  const std::string_view value = std::get<std::string>(last->value);
  return kind == column_kind::digest ? rows.query(text, in, bytes{value}, name)
                                     : rows.query(text, in, value, name);
}

/// One page of a sorted list.
template <class Record>
struct sorted_list {
  connection& rows;
  const sorted_statements& statements;
  const std::vector<column>& columns;
  std::size_t by;
  bool descending;
  /// The row of the scope.
  std::int64_t in;
  const page_query& page;

  /// `shows(name)` says whether a row may be shown, `read(row)` makes a record of it. Columns: the
  /// name is the first, the value of the order the second.
  template <class Shows, class Read>
  result<found_rows<Record>> find(Shows shows, Read read) {
    const auto& sorted_by = columns[by];
    std::optional<row_place> last;
    if (!page.last.empty()) {
      auto place = read_cursor(sorted_by, page.last);
      if (!place)
        return std::move(place).error();
      last = std::move(*place);
    }
    rows.execute(statements.index_for(by));
    const name_filter filter{page};
    const bool by_name = sorted_by.name == "name";
    if (by_name && !filter.prefix().empty()) {
      auto before = filter.place_before(descending);
      if (!last || (descending ? before.name < last->name : last->name < before.name))
        last = std::move(before);
    }
    const auto* const text = statements.query_for(by, descending, !last);
    return collect(start(rows, text, in, sorted_by.kind, last), filter, shows, read);
  }

private:
  template <class Shows, class Read>
  result<found_rows<Record>> collect(sqlite::rows found, const name_filter& filter, Shows shows,
                                     Read read) {
    const auto& sorted_by = columns[by];
    found_rows<Record> listed;
    std::optional<row_place> shown;
    for (std::size_t looked_at = 0; found.next(); ++looked_at) {
      const std::string name{found.text(0)};
      if (sorted_by.name == "name" && filter.ends_before(name, descending))
        break;
      row_place here{{}, name};
      if (sorted_by.kind == column_kind::number)
        here.value = found.integer(1);
      else
        here.value = std::string{found.text(1)};
      const bool fits = filter.match(name) && shows(name);
      if (fits && listed.items.size() == page.limit) {
        listed.next = to_cursor(sorted_by, *shown);
        break;
      }
      if (fits) {
        listed.items.push_back(read(found));
        shown = here;
      }
      if (looked_at + 1 == max_rows_looked_at) {
        listed.next = to_cursor(sorted_by, here);
        listed.next_is_hidden = !fits;
        break;
      }
    }
    return listed;
  }
};

referrer_counts read_referrers(connection& rows, std::int64_t repository, const std::string& key) {
  referrer_counts counts;
  auto found = rows.query("SELECT artifact_type, count FROM referrers WHERE repository_id = ?1 AND "
                          "subject = ?2 ORDER BY artifact_type LIMIT 10",
                          repository, bytes{key});
  while (found.next())
    counts.emplace_back(found.text(0), static_cast<std::uint64_t>(found.integer(1)));
  return counts;
}

} // namespace

result<found_rows<repository_record>> list_repositories(connection& rows,
                                                        const repository_query& query) {
  static const sorted_statements statements{
    "repositories", repository_columns(),
    "tags, manifests, own_bytes, shared_bytes, pushed, pulled, pulls", "?1 = 0", ""};
  const auto shows = [&](const std::string& name) {
    const auto parsed = repository_name::parse(name);
    return parsed && (!query.shows || query.shows(*parsed));
  };
  const auto read = [](const sqlite::rows& row) {
    const auto number = [&row](int column) {
      return static_cast<std::uint64_t>(row.integer(column));
    };
    repository_record one{.name = repository_name::parse(row.text(0)).value(),
                          .tags = number(2),
                          .manifests = number(3),
                          .own_bytes = number(4),
                          .shared_bytes = number(5),
                          .pulls = pulls_of(row.integer(8), row.integer(7))};
    one.pushed = time_of(row.integer(6));
    return one;
  };
  sorted_list<repository_record> list{rows,
                                      statements,
                                      repository_columns(),
                                      static_cast<std::size_t>(query.sorted.by),
                                      query.sorted.descending,
                                      0,
                                      query.page};
  return list.find(shows, read);
}

result<found_rows<tag_record>> list_tags(connection& rows, const repository_name& in,
                                         const tag_query& query) {
  static const sorted_statements statements{
    "tags", tag_columns(),
    "digest, media_type, size, platforms, pushed, pushed_by, pulled, pulls, referrers",
    "repository_id = ?1", "repository_id"};
  const auto repository =
    rows.number("SELECT id FROM repositories WHERE name = ?1", 0, std::string_view{in.to_string()});
  if (repository == 0)
    return fail(errc::name_unknown, in.to_string());
  const auto read = [&](const sqlite::rows& row) {
    const std::string key{row.text(2)};
    tag_record one{.name = tag::parse_lenient(row.text(0)).value(),
                   .target = digest::from_binary(key).value(),
                   .media_type = std::string{row.text(3)},
                   .size = static_cast<std::uint64_t>(row.integer(4)),
                   .platforms = platforms_of(row.text(5)),
                   .pushed = time_of(row.integer(6)),
                   .pushed_by = std::string{row.text(7)},
                   .pulls = pulls_of(row.integer(9), row.integer(8))};
    if (row.integer(10) != 0)
      one.referrers = read_referrers(rows, repository, key);
    return one;
  };
  sorted_list<tag_record> list{rows,
                               statements,
                               tag_columns(),
                               static_cast<std::size_t>(query.sorted.by),
                               query.sorted.descending,
                               repository,
                               query.page};
  return list.find([](const std::string&) { return true; }, read);
}

namespace {

constexpr std::size_t visited_at_once = 1000;

std::vector<visited_tag> all_tags(connection& rows, std::string_view repository) {
  std::vector<visited_tag> tags;
  auto row = rows.query("SELECT name, digest, pushed, pulled FROM tags WHERE repository_id = "
                        "(SELECT id FROM repositories WHERE name = ?1) ORDER BY name",
                        repository);
  while (row.next())
    tags.push_back({tag::parse_lenient(row.text(0)).value(),
                    digest::from_binary(row.text(1)).value(), time_of(row.integer(2)),
                    time_of(row.integer(3))});
  return tags;
}

} // namespace

result<void> visit_tags(
  connection& rows, const std::function<bool(const repository_name&)>& wants,
  const std::function<void(const repository_name&, const std::vector<visited_tag>&)>& use) {
  repository_query query{.page = {.limit = visited_at_once}, .shows = wants};
  do {
    auto found = list_repositories(rows, query);
    if (!found)
      return std::move(found).error();
    for (const auto& each : found->items)
      use(each.name, all_tags(rows, each.name.to_string()));
    query.page.last = std::move(found->next);
  } while (!query.page.last.empty());
  return {};
}

} // namespace gantry::listing
