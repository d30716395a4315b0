// The one thread that writes to the database: it commits many operations in one transaction, then
// answers them all.
#pragma once

#include "base/mutex.hpp"
#include "base/stepper.hpp"
#include "domain/error.hpp"
#include "storage/api/completion.hpp"
#include "storage/disk/reserve.hpp"
#include "storage/sqlite/connection.hpp"
#include "telemetry/span.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace gantry::storage {

/// Maps database errors to disk_full, descriptors_exhausted or storage_failed; the latter is
/// logged.
error database_failure(const sqlite::failure& failed);

/// Limits on the write-ahead log, in pages.
struct log_limits {
  /// After this many new pages the log is copied into the database while writes continue.
  int copy_above = 1000;
  /// At this length the log starts over: writes pause until the rest is copied.
  int restart_above = 16'000;
};

/// Operations run in the order of `submit`. A failed one leaves no trace and does not fail the
/// others. They are committed together and then answered: an answer means durable. Any thread may
/// submit; the destructor writes everything submitted before.
///
/// "The writer's thread" below is whatever takes its steps.
class writer {
public:
  /// Changes the database, or returns an error: what it changed is undone. Runs on the writer's
  /// thread, and may run again after its changes were undone, so it sets its results anew.
  using operation = std::function<result<void>(sqlite::connection&)>;

  /// What an operation does to the disk.
  enum class effect : std::uint8_t {
    /// It frees bytes, or needs hardly any.
    frees,
    /// It stores something: refused with disk_full once the reserve is used up.
    stores,
  };

  /// `may_answer` is called after each commit; if it fails, its error answers all operations of
  /// that commit. If the disk is full, `reserve` is given up, and the operations that free bytes
  /// run once more; it may be null, and outlives this. With `steps` there are no threads.
  explicit writer(const sqlite::location& database, const log_limits& limits = {},
                  std::function<result<void>()> may_answer = {}, disk_reserve* reserve = nullptr,
                  stepper* steps = nullptr);
  ~writer();
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// `done` is called on the writer's thread. If this thread works for a span, the commit has a
  /// link to it, and `done` runs with the commit as `telemetry::current_span`.
  void submit(operation work, completion<void> done, effect does = effect::frees);
  /// Submits and waits. Must not be called on the writer's thread.
  result<void> run(operation work);
  /// Answers after all operations that were submitted before.
  void when_written(completion<void> done);

private:
  struct task {
    operation work;
    completion<void> done;
    effect does = effect::frees;
    telemetry::span_context part_of = {};
    result<void> outcome = {};
  };

  /// The most operations in one transaction: bounds how long an operation waits for the others.
  static constexpr std::size_t max_batch = 256;

  void write_all();
  /// Commits and answers the next operations; there are some. Releases the mutex meanwhile.
  void write_some() GANTRY_REQUIRES(mutex_);
  std::vector<task> take_batch() GANTRY_REQUIRES(mutex_);
  void commit_and_answer(std::vector<task>& batch);
  /// A trace of its own, with links to the operations: they share it, so it is part of none.
  /// Records nothing if none of them is traced.
  static telemetry::span begin_commit(const std::vector<task>& batch);
  void commit(std::vector<task>& batch);
  /// Answers all of `batch`, unless the disk is full.
  result<void> try_commit(std::vector<task>& batch);
  bool may_make_room() const noexcept;
  static bool found_no_room(const task& one) noexcept;
  bool is_refused(const task& one) const noexcept;
  bool lacks_room(const std::vector<task>& batch) const;
  /// False if an operation failed after it had changed something: then the transaction cannot be
  /// committed. Savepoints would undo its changes alone, but for them SQLite copies each page that
  /// changes, which takes a quarter of the time of all operations; few of them fail this way.
  bool run_all(std::vector<task>& batch);
  void run_all_in_savepoints(std::vector<task>& batch);
  void run_one(task& one);
  void copy_log_now_and_then();
  /// Copies the log; if it is too long, until it can start over. Releases the mutex meanwhile.
  void copy_as_needed(unique_lock& lock) GANTRY_REQUIRES(mutex_);
  /// Without threads: plans the next step of each kind, if there is work for it.
  void plan_steps();
  void take_write_step();
  void take_copy_step();
  bool is_idle();
  /// Releases the mutex while copying.
  void copy_log() GANTRY_REQUIRES(mutex_);
  bool wants_copy() const GANTRY_REQUIRES(mutex_);

  const log_limits limits_;
  const std::function<result<void>()> may_answer_;
  disk_reserve* const reserve_;
  /// Null if there are threads.
  stepper* const steps_;
  sqlite::connection connection_;
  /// Pages after the last commit; used only by the writing thread.
  int committed_pages_ = 0;
  /// Used only by the copying thread.
  sqlite::connection copying_connection_;
  mutex mutex_;
  condition_variable wake_;
  condition_variable wake_copying_;
  std::vector<task> queue_ GANTRY_GUARDED_BY(mutex_);
  /// Log size now and at the last copy, in pages.
  int log_pages_ GANTRY_GUARDED_BY(mutex_) = 0;
  int copied_pages_ GANTRY_GUARDED_BY(mutex_) = 0;
  bool is_committing_ GANTRY_GUARDED_BY(mutex_) = false;
  /// Writes are paused.
  bool holding_ GANTRY_GUARDED_BY(mutex_) = false;
  bool stopping_ GANTRY_GUARDED_BY(mutex_) = false;
  /// Steps of either kind that are planned.
  bool will_write_ GANTRY_GUARDED_BY(mutex_) = false;
  bool will_copy_ GANTRY_GUARDED_BY(mutex_) = false;
  std::thread writing_;
  std::thread copying_;
};

} // namespace gantry::storage
