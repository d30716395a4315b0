#include "storage/disk/writer.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

namespace gantry::storage {

namespace {

/// Pages in the write-ahead log above which it is copied into the database, and above which that
/// also waits for readers, so that the log can start over.
constexpr int checkpoint_above = 1000;
constexpr int restart_above = 16'000;

} // namespace

error database_failure(const sqlite::failure& failed) {
  if (failed.is_full())
    return fail(errc::disk_full);
  telemetry::log().error("storage: the database refused ({}): {}", failed.code(), failed.what());
  return fail(errc::storage_failed);
}

writer::writer(const std::string& database)
  : connection_{database, sqlite::connection::mode::write},
    checkpoints_{database, sqlite::connection::mode::write} {
  connection_.execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
                      "PRAGMA cache_size=-16384; PRAGMA foreign_keys=0");
  connection_.on_commit([this](int pages) { wal_pages_ = pages; });
  writing_ = std::thread{[this] { write_all(); }};
  checkpointing_ = std::thread{[this] { checkpoint_all(); }};
}

writer::~writer() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  writing_.join();
  wake_checkpoint_.notify_all();
  checkpointing_.join();
}

void writer::submit(operation work, completion<void> done) {
  {
    const std::lock_guard lock{mutex_};
    queue_.push_back({std::move(work), std::move(done), {}});
  }
  wake_.notify_one();
}

result<void> writer::run(operation work) {
  std::promise<result<void>> answer;
  submit(std::move(work),
         [&answer](result<void> outcome) { answer.set_value(std::move(outcome)); });
  return answer.get_future().get();
}

void writer::write_all() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty())
      return;
    std::vector<task> batch;
    const auto end =
      queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), max_batch));
    std::move(queue_.begin(), end, std::back_inserter(batch));
    queue_.erase(queue_.begin(), end);
    lock.unlock();
    commit(batch);
    for (auto& each : batch)
      each.done(std::move(each.outcome));
    batch.clear();
    lock.lock();
    if (wal_pages_ > checkpoint_above)
      wake_checkpoint_.notify_one();
  }
}

void writer::commit(std::vector<task>& batch) {
  try {
    connection_.execute("BEGIN IMMEDIATE");
    for (auto& each : batch)
      run_in_savepoint(each);
    connection_.execute("COMMIT");
  } catch (const sqlite::failure& failed) {
    const auto why = database_failure(failed);
    for (auto& each : batch)
      each.outcome = why;
    connection_.roll_back();
  }
}

void writer::run_in_savepoint(task& one) {
  connection_.execute("SAVEPOINT one");
  try {
    one.outcome = one.work(connection_);
  } catch (const sqlite::failure& failed) {
    // Some failures end the transaction, and with it what the operations before have written.
    if (!connection_.in_transaction())
      throw;
    one.outcome = database_failure(failed);
  } catch (const std::exception& bug) {
    telemetry::log().error("a storage operation threw: {}", bug.what());
    one.outcome = fail(errc::internal);
  }
  if (!one.outcome)
    connection_.execute("ROLLBACK TO one");
  connection_.execute("RELEASE one");
}

void writer::checkpoint_all() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    wake_checkpoint_.wait(lock, [this] { return stopping_ || wal_pages_ > checkpoint_above; });
    const bool restart = wal_pages_ > restart_above;
    wal_pages_ = 0;
    lock.unlock();
    try {
      checkpoints_.checkpoint(restart);
    } catch (const sqlite::failure& failed) {
      telemetry::log().warn("storage: the write-ahead log could not be copied: {}", failed.what());
    }
    lock.lock();
  }
}

} // namespace gantry::storage
