// The database of an index.
#pragma once

#include "domain/microseconds.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string>

namespace gantry::listing {

/// How far the index has followed the log.
struct log_position {
  /// The content was read once; false until then.
  bool is_built = false;
  std::uint64_t number = 0;
  /// The time of that entry, by which it is known again; zero if there is none.
  std::int64_t at = 0;
};

/// Not thread-safe. All functions throw `storage::sqlite::failure`.
class database {
public:
  /// Makes the file if there is none, or makes it anew if it is damaged or of another version: what
  /// it knows can be read again, but for the pulls. An empty path means a file without a name,
  /// which goes with the process.
  explicit database(const std::string& path);
  /// Removes the file, which no `database` uses. The log says if that fails.
  static void remove(const std::string& path);

  storage::sqlite::connection& rows() noexcept { return rows_; }

  log_position position();
  void set_position(const log_position& to);
  /// Forgets everything but the pulls.
  void forget_content();

  /// Runs `change` in a transaction, all or nothing.
  template <class Change>
  void in_transaction(Change change) {
    rows_.run("BEGIN");
    try {
      change();
      rows_.run("COMMIT");
    } catch (...) {
      rows_.roll_back();
      throw;
    }
  }

private:
  storage::sqlite::connection rows_;
};

} // namespace gantry::listing
