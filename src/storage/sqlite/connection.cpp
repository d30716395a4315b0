#include "storage/sqlite/connection.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace gantry::storage::sqlite {

bool failure::is_full() const noexcept {
  return (code_ & 0xFF) == SQLITE_FULL;
}

bool failure::is_out_of_descriptors() const noexcept {
  return (code_ & 0xFF) == SQLITE_CANTOPEN && (system_ == EMFILE || system_ == ENFILE);
}

bool failure::is_damaged() const noexcept {
  return (code_ & 0xFF) == SQLITE_CORRUPT || (code_ & 0xFF) == SQLITE_NOTADB;
}

rows::~rows() {
  if (!statement_)
    return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  auto* const handle = sqlite3_db_handle(statement_);
  throw failure{sqlite3_extended_errcode(handle), sqlite3_system_errno(handle),
                sqlite3_errmsg(handle)};
}

std::int64_t rows::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::string_view rows::text(int column) const noexcept {
  const auto* const start = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool rows::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

connection::connection(const location& place, mode how) {
  const int access = how == mode::read    ? SQLITE_OPEN_READONLY
                     : how == mode::write ? SQLITE_OPEN_READWRITE
                                          : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code =
    sqlite3_open_v2(place.path.c_str(), &handle_, access | SQLITE_OPEN_NOMUTEX, place.vfs);
  if (code != SQLITE_OK) {
    const int system = handle_ ? sqlite3_system_errno(handle_) : 0;
    std::string text = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    sqlite3_close(handle_);
    throw failure{code, system, std::move(text)};
  }
  // SQLite silently opens an unwritable file read-only; every later change would fail.
  if (how != mode::read && sqlite3_db_readonly(handle_, "main") == 1) {
    sqlite3_close(handle_);
    throw failure{SQLITE_READONLY, 0, "the file cannot be written"};
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, 10'000);
}

connection::~connection() {
  statements_.clear();
  sqlite3_close(handle_);
}

void connection::execute(const char* sql) {
  if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
    raise(code);
}

std::int64_t connection::last_insert_id() const noexcept {
  return sqlite3_last_insert_rowid(handle_);
}

std::int64_t connection::total_changes() const noexcept {
  return sqlite3_total_changes64(handle_);
}

std::uint64_t connection::steps() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& [text, statement] : statements_)
    sum += static_cast<std::uint64_t>(
      sqlite3_stmt_status(statement.get(), SQLITE_STMTSTATUS_VM_STEP, 0));
  return sum;
}

bool connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_) == 0;
}

void connection::roll_back() noexcept {
  if (in_transaction())
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void connection::on_commit(std::function<void(int)> told) {
  on_commit_ = std::move(told);
  const auto tell = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<connection*>(self)->on_commit_(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_, tell, this);
}

void connection::copy_to(connection& target) {
  auto* const running = sqlite3_backup_init(target.handle_, "main", handle_, "main");
  if (!running)
    target.raise(sqlite3_extended_errcode(target.handle_));
  sqlite3_backup_step(running, -1);
  if (const int code = sqlite3_backup_finish(running); code != SQLITE_OK)
    target.raise(code);
}

void connection::checkpoint() {
  // A handle that has not read yet does not know about the log, and the checkpoint would do
  // nothing.
  number("SELECT 1 FROM sqlite_schema", 0);
  const int code =
    sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
    raise(code);
}

sqlite3_stmt* connection::prepare(const char* sql) {
  auto& kept = statements_[sql];
  if (!kept) {
    sqlite3_stmt* fresh = nullptr;
    const int code =
      sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &fresh, nullptr);
    kept.reset(fresh);
    if (code != SQLITE_OK)
      raise(code);
  }
  return kept.get();
}

int connection::changes() const noexcept {
  return sqlite3_changes(handle_);
}

void connection::bind(sqlite3_stmt* statement, int position, std::int64_t value, lifetime) {
  if (const int code = sqlite3_bind_int64(statement, position, value); code != SQLITE_OK)
    raise(code);
}

// An empty view may have a null pointer, which would bind NULL.
void connection::bind(sqlite3_stmt* statement, int position, std::string_view text, lifetime kept) {
  const int code =
    sqlite3_bind_text64(statement, position, text.empty() ? "" : text.data(), text.size(),
                        kept == lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK)
    raise(code);
}

void connection::bind(sqlite3_stmt* statement, int position, bytes value, lifetime kept) {
  const auto view = value.view;
  const int code =
    sqlite3_bind_blob64(statement, position, view.empty() ? "" : view.data(), view.size(),
                        kept == lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT);
  if (code != SQLITE_OK)
    raise(code);
}

void connection::bind(sqlite3_stmt* statement, int position, std::nullptr_t, lifetime) {
  if (const int code = sqlite3_bind_null(statement, position); code != SQLITE_OK)
    raise(code);
}

void connection::bind(sqlite3_stmt* statement, int position, bytes_list values, lifetime kept) {
  for (const auto& each : values.views)
    bind(statement, position++, bytes{each}, kept);
}

void connection::raise(int code) const {
  throw failure{sqlite3_extended_errcode(handle_) != SQLITE_OK ? sqlite3_extended_errcode(handle_)
                                                               : code,
                sqlite3_system_errno(handle_), sqlite3_errmsg(handle_)};
}

void connection::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

} // namespace gantry::storage::sqlite
