// The columns that lists are sorted by, and the statements that do it.
#pragma once

#include "domain/error.hpp"
#include "listing/query.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::listing {

enum class column_kind : std::uint8_t { text, number, digest };

struct column {
  /// As clients write it, and as the table has it.
  std::string_view name;
  column_kind kind = column_kind::text;
};

/// In the order of the enumerations.
const std::vector<column>& repository_columns();
const std::vector<column>& tag_columns();

/// Where a page begins: behind the row with this value and this name.
struct row_place {
  std::variant<std::string, std::int64_t> value;
  std::string name;
};

/// `VALUE NAME`, or `NAME` if the list is sorted by names; the value as clients see it.
std::string to_cursor(const column& by, const row_place& last);
/// Errors: pagination_invalid.
result<row_place> read_cursor(const column& by, std::string_view text);

/// The statements of one table, made once: SQLite knows them by their addresses.
class sorted_statements {
public:
  /// Each row has its name, the value of the order, and then the columns `others`. `scope` is a
  /// condition on ?1; `scope_column`, if there is one, is the first column of each index.
  sorted_statements(std::string_view table, const std::vector<column>& columns,
                    std::string_view others, std::string_view scope, std::string_view scope_column);

  /// Makes the index if there is none.
  const char* index_for(std::size_t by) const noexcept { return indexes_[by].c_str(); }
  /// ?2 is the value, and ?3 the name, of the row before; both unused for the first page.
  const char* query_for(std::size_t by, bool descending, bool is_first) const noexcept {
    return queries_[4 * by + 2 * (descending ? 1U : 0U) + (is_first ? 1U : 0U)].c_str();
  }

private:
  std::vector<std::string> indexes_;
  std::vector<std::string> queries_;
};

} // namespace gantry::listing
