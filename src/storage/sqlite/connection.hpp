// One SQLite database handle with its prepared statements.
#pragma once

#include "storage/sqlite/location.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace gantry::storage::sqlite {

/// An SQLite failure with its extended result code, and the `errno` of the underlying system call,
/// if any.
class failure : public std::exception {
public:
  failure(int code, int system, std::string text)
    : code_{code}, system_{system}, text_{std::move(text)} {}

  int code() const noexcept { return code_; }
  /// The disk or its quota is full.
  bool is_full() const noexcept;
  /// A file could not be opened because the process has too many open.
  bool is_out_of_descriptors() const noexcept;
  /// The file is damaged or is not a database.
  bool is_damaged() const noexcept;
  const char* what() const noexcept override { return text_.c_str(); }

private:
  int code_;
  int system_;
  std::string text_;
};

/// An argument that is bound as a blob; a plain string_view is bound as text.
struct bytes {
  std::string_view view;
};

/// Arguments bound as blobs in order; the statement's remaining parameters are NULL. Must be the
/// last argument of a query.
struct bytes_list {
  std::span<const std::string> views;
};

/// The rows of a running query; the destructor ends it. Must not outlive its connection.
class rows {
public:
  explicit rows(sqlite3_stmt* running) noexcept : statement_{running} {}
  rows(rows&& other) noexcept : statement_{other.statement_} { other.statement_ = nullptr; }
  rows& operator=(rows&&) = delete;
  ~rows();

  /// Advances to the next row; false after the last one.
  bool next();

  std::int64_t integer(int column) const noexcept;
  /// A text or blob column; valid until `next`.
  std::string_view text(int column) const noexcept;
  bool is_null(int column) const noexcept;

private:
  sqlite3_stmt* statement_;
};

/// Not thread-safe.
class connection {
public:
  enum class mode { create, write, read };

  /// Throws `failure`.
  connection(const location& place, mode how);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Runs statements without arguments or rows.
  void execute(const char* sql);

  /// Runs a query. `sql` must be a literal: its statement is cached by address. Only one query per
  /// text at a time.
  template <class... Arguments>
  rows query(const char* sql, const Arguments&... arguments) {
    return start(sql, lifetime::copied, arguments...);
  }

  /// Runs a statement to completion; returns how many rows it changed.
  template <class... Arguments>
  int run(const char* sql, const Arguments&... arguments) {
    auto running = start(sql, lifetime::borrowed, arguments...);
    while (running.next())
      continue;
    return changes();
  }

  /// The first column of the first row, or `otherwise` if there are no rows.
  template <class... Arguments>
  std::int64_t number(const char* sql, std::int64_t otherwise, const Arguments&... arguments) {
    auto running = start(sql, lifetime::borrowed, arguments...);
    return running.next() ? running.integer(0) : otherwise;
  }

  std::int64_t last_insert_id() const noexcept;
  /// How many rows were inserted, changed or deleted since the connection was opened, also by
  /// statements that failed or were rolled back.
  std::int64_t total_changes() const noexcept;
  /// The total steps of all statements. Tests use it to check that an index is used.
  std::uint64_t steps() const noexcept;
  /// Whether a transaction is open: some failures end it.
  bool in_transaction() const noexcept;
  /// Rolls back the open transaction, if any.
  void roll_back() noexcept;

  /// Copies the whole database, as of one moment, into that of `target`. Other connections may
  /// write meanwhile, but the write-ahead log cannot start over.
  void copy_to(connection& target);

  /// Calls `told` after each commit, on the committing thread, with the size of the write-ahead log
  /// in pages.
  void on_commit(std::function<void(int pages)> told);
  /// Copies the write-ahead log into the database as far as readers allow, without waiting. If all
  /// of it is copied, the log starts over with the next commit.
  void checkpoint();

private:
  /// Whether the arguments outlive the statement's run.
  enum class lifetime { borrowed, copied };

  template <class... Arguments>
  rows start(const char* sql, [[maybe_unused]] lifetime kept, const Arguments&... arguments) {
    sqlite3_stmt* const statement = prepare(sql);
    rows running{statement};
    [[maybe_unused]] int position = 0;
    (bind(statement, ++position, arguments, kept), ...);
    return running;
  }

  sqlite3_stmt* prepare(const char* sql);
  int changes() const noexcept;
  void bind(sqlite3_stmt* statement, int position, std::int64_t value, lifetime);
  void bind(sqlite3_stmt* statement, int position, std::string_view text, lifetime kept);
  void bind(sqlite3_stmt* statement, int position, bytes value, lifetime kept);
  void bind(sqlite3_stmt* statement, int position, std::nullptr_t, lifetime);
  void bind(sqlite3_stmt* statement, int position, bytes_list values, lifetime kept);
  [[noreturn]] void raise(int code) const;

  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  sqlite3* handle_ = nullptr;
  std::function<void(int)> on_commit_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, finalizer>> statements_;
};

} // namespace gantry::storage::sqlite
