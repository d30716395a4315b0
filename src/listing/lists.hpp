// Reads pages out of an index.
#pragma once

#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "listing/query.hpp"
#include "listing/records.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstddef>

namespace gantry::listing {

/// The most rows that a page looks at.
inline constexpr std::size_t max_rows_looked_at = 20'000;

/// Reads pages in the order of an index of the database, so that a page costs the same however long
/// the list is. An order that is asked for the first time gets its index then, in time that grows
/// with the list. Errors: those of `index`. All throw `storage::sqlite::failure`.
result<found_rows<repository_record>> list_repositories(storage::sqlite::connection& rows,
                                                        const repository_query& query);
result<found_rows<tag_record>> list_tags(storage::sqlite::connection& rows,
                                         const repository_name& in, const tag_query& query);
result<found_rows<manifest_record>> search(storage::sqlite::connection& rows,
                                           const search_query& query);

/// Calls `use` with all tags of each repository that `wants`. Errors: none. Throws
/// `storage::sqlite::failure`.
result<void>
visit_tags(storage::sqlite::connection& rows,
           const std::function<bool(const repository_name&)>& wants,
           const std::function<void(const repository_name&, const std::vector<visited_tag>&)>& use);

} // namespace gantry::listing
