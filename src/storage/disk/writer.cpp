#include "storage/disk/writer.hpp"

#include "storage/api/answer_of.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace gantry::storage {

error database_failure(const sqlite::failure& failed) {
  if (failed.is_full())
    return fail(errc::disk_full);
  if (failed.is_out_of_descriptors())
    return fail(errc::descriptors_exhausted);
  telemetry::log().error("storage: the database refused ({}): {}", failed.code(), failed.what());
  return fail(errc::storage_failed);
}

writer::writer(const sqlite::location& database, const log_limits& limits,
               std::function<result<void>()> may_answer, disk_reserve* reserve, stepper* steps)
  : limits_{limits},
    may_answer_{std::move(may_answer)},
    reserve_{reserve},
    steps_{steps},
    connection_{database, sqlite::connection::mode::write},
    copying_connection_{database, sqlite::connection::mode::write} {
  // After a checkpoint, a log that grew beyond 64 MiB is truncated.
  connection_.execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
                      "PRAGMA cache_size=-16384; PRAGMA foreign_keys=0; "
                      "PRAGMA journal_size_limit=67108864");
  connection_.on_commit([this](int pages) { committed_pages_ = pages; });
  if (steps_)
    return;
  writing_ = std::thread{[this] { write_all(); }};
  copying_ = std::thread{[this] { copy_log_now_and_then(); }};
}

writer::~writer() {
  if (steps_) {
    steps_->run_until([this] { return is_idle(); });
    return;
  }
  {
    const lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  writing_.join();
  wake_copying_.notify_all();
  copying_.join();
}

void writer::submit(operation work, completion<void> done, effect does) {
  {
    const lock_guard lock{mutex_};
    queue_.push_back({std::move(work), std::move(done), does, telemetry::current_span()});
  }
  if (steps_)
    plan_steps();
  else
    wake_.notify_one();
}

result<void> writer::run(operation work) {
  return wait_for_answer<void>(
    [&](completion<void> done) { submit(std::move(work), std::move(done)); }, steps_);
}

void writer::when_written(completion<void> done) {
  submit([](sqlite::connection&) { return result<void>{}; }, std::move(done));
}

void writer::write_all() {
  unique_lock lock{mutex_};
  for (;;) {
    while (holding_ || (!stopping_ && queue_.empty()))
      wake_.wait(lock);
    if (queue_.empty())
      return;
    write_some();
    if (holding_ || wants_copy())
      wake_copying_.notify_one();
  }
}

std::vector<writer::task> writer::take_batch() {
  std::vector<task> batch;
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), max_batch));
  std::move(queue_.begin(), end, std::back_inserter(batch));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void writer::write_some() {
  auto batch = take_batch();
  is_committing_ = true;
  mutex_.unlock();
  commit_and_answer(batch);
  batch.clear();
  mutex_.lock();
  is_committing_ = false;
  log_pages_ = committed_pages_;
}

void writer::commit_and_answer(std::vector<task>& batch) {
  auto committing = begin_commit(batch);
  const auto here = committing.context();
  const telemetry::span_scope working{here};
  commit(batch);
  committing.end();
  for (auto& each : batch)
    each.done(std::move(each.outcome));
}

void writer::plan_steps() {
  const lock_guard lock{mutex_};
  if (!queue_.empty() && !std::exchange(will_write_, true))
    steps_->post([this] { take_write_step(); });
  if (wants_copy() && !std::exchange(will_copy_, true))
    steps_->post([this] { take_copy_step(); });
}

void writer::take_write_step() {
  {
    const lock_guard lock{mutex_};
    will_write_ = false;
    write_some();
  }
  plan_steps();
}

void writer::take_copy_step() {
  {
    unique_lock lock{mutex_};
    will_copy_ = false;
    copy_as_needed(lock);
  }
  plan_steps();
}

bool writer::is_idle() {
  const lock_guard lock{mutex_};
  return queue_.empty() && !will_write_ && !will_copy_ && !is_committing_;
}

telemetry::span writer::begin_commit(const std::vector<task>& batch) {
  const auto is_traced = [](const task& each) { return static_cast<bool>(each.part_of); };
  const auto first = std::ranges::find_if(batch, is_traced);
  if (first == batch.end())
    return {};
  auto committing = telemetry::span::beside(first->part_of, "commit");
  for (const auto& each : batch)
    committing.link(each.part_of);
  committing.set("gantry.operations", static_cast<std::int64_t>(batch.size()));
  return committing;
}

void writer::commit(std::vector<task>& batch) {
  if (reserve_)
    reserve_->restore();
  auto committed = try_commit(batch);
  if (!committed && committed.error().code == errc::disk_full && reserve_ && reserve_->release())
    committed = try_commit(batch);
  if (committed)
    return;
  for (auto& each : batch)
    each.outcome = committed;
}

/// The reserve is there.
bool writer::may_make_room() const noexcept {
  return reserve_ && !reserve_->is_used_up();
}

bool writer::found_no_room(const task& one) noexcept {
  return !one.outcome && one.outcome.error().code == errc::disk_full;
}

bool writer::is_refused(const task& one) const noexcept {
  return reserve_ && reserve_->is_used_up() && one.does == effect::stores;
}

bool writer::lacks_room(const std::vector<task>& batch) const {
  return may_make_room() && std::ranges::any_of(batch, &writer::found_no_room);
}

result<void> writer::try_commit(std::vector<task>& batch) {
  try {
    connection_.run("BEGIN IMMEDIATE");
    if (!run_all(batch) && !lacks_room(batch)) {
      connection_.roll_back();
      connection_.run("BEGIN IMMEDIATE");
      run_all_in_savepoints(batch);
    }
    if (lacks_room(batch)) {
      connection_.roll_back();
      return fail(errc::disk_full);
    }
    {
      const telemetry::span syncing{telemetry::current_span(), "sync"};
      connection_.run("COMMIT"); // syncs the log
    }
    const auto kept = may_answer_ ? may_answer_() : result<void>{};
    for (auto& each : batch)
      if (!kept && each.outcome)
        each.outcome = kept;
    return {};
  } catch (const sqlite::failure& failed) {
    connection_.roll_back();
    return database_failure(failed);
  }
}

bool writer::run_all(std::vector<task>& batch) {
  for (auto& each : batch) {
    const auto before = connection_.total_changes();
    run_one(each);
    if (!each.outcome && connection_.total_changes() != before)
      return false;
  }
  return true;
}

void writer::run_all_in_savepoints(std::vector<task>& batch) {
  for (auto& each : batch) {
    connection_.run("SAVEPOINT one");
    run_one(each);
    if (!each.outcome)
      connection_.run("ROLLBACK TO one");
    connection_.run("RELEASE one");
  }
}

void writer::run_one(task& one) {
  if (is_refused(one)) {
    one.outcome = fail(errc::disk_full);
    return;
  }
  try {
    one.outcome = one.work(connection_);
  } catch (const sqlite::failure& failed) {
    // Some failures roll back the transaction, including the earlier operations of the batch.
    if (!connection_.in_transaction())
      throw;
    one.outcome = database_failure(failed);
  } catch (const std::exception& bug) {
    telemetry::log().error("a storage operation threw: {}", bug.what());
    one.outcome = fail(errc::internal);
  }
}

bool writer::wants_copy() const {
  // A log shorter than what was copied has started over.
  const int copied = log_pages_ < copied_pages_ ? 0 : copied_pages_;
  return log_pages_ - copied > limits_.copy_above;
}

void writer::copy_log_now_and_then() {
  unique_lock lock{mutex_};
  for (;;) {
    while (!stopping_ && !wants_copy())
      wake_copying_.wait(lock);
    if (stopping_)
      return;
    copy_as_needed(lock);
  }
}

void writer::copy_as_needed(unique_lock& lock) {
  copy_log();
  if (log_pages_ <= limits_.restart_above)
    return;
  // While writes continue, the log is never fully copied.
  holding_ = true;
  while (is_committing_)
    wake_copying_.wait(lock);
  copy_log();
  holding_ = false;
  wake_.notify_one();
}

void writer::copy_log() {
  const int pages = log_pages_;
  mutex_.unlock();
  try {
    copying_connection_.checkpoint();
  } catch (const sqlite::failure& failed) {
    telemetry::log().warn("storage: the write-ahead log could not be copied: {}", failed.what());
  }
  mutex_.lock();
  copied_pages_ = pages;
}

} // namespace gantry::storage
