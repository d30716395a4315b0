// The one thread that writes to the database: many operations in one transaction, then all answers.
#pragma once

#include "base/mutex.hpp"
#include "domain/storage.hpp"
#include "storage/sqlite/connection.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace gantry::storage {

/// Errors of the database as those of the domain: disk_full, descriptors_exhausted or
/// storage_failed; the latter is logged.
error database_failure(const sqlite::failure& failed);

/// Pages of the write-ahead log.
struct log_limits {
  /// After so many new ones the log is copied into the database, while others are written.
  int copy_above = 1000;
  /// A log that is so long starts over: nothing is written until the rest of it is copied.
  int restart_above = 16'000;
};

/// Operations run in the order of `submit`, each in a savepoint of its own, so that one that fails
/// leaves nothing; then they are committed together and answered. An answer means: on the disk.
/// Any thread may submit; the destructor writes what was submitted before.
class writer {
public:
  /// Changes the database, or returns an error and changes nothing. Runs on the writer's thread.
  using operation = std::function<result<void>(sqlite::connection&)>;

  /// `may_answer` is asked after each commit: what it fails with is the answer to all of its
  /// operations, whatever the database says.
  explicit writer(const std::string& database, const log_limits& limits = {},
                  std::function<result<void>()> may_answer = {});
  ~writer();
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// `done` is called on the writer's thread.
  void submit(operation work, completion<void> done);
  /// Submits and waits. Not on the writer's thread.
  result<void> run(operation work);

private:
  struct task {
    operation work;
    completion<void> done;
    result<void> outcome;
  };

  /// Operations of one transaction at most: bounds how long any of them waits for the others.
  static constexpr std::size_t max_batch = 256;

  void write_all();
  void commit(std::vector<task>& batch);
  void run_in_savepoint(task& one);
  void copy_log_now_and_then();
  /// Lets go of the mutex while it copies.
  void copy_log() GANTRY_REQUIRES(mutex_);
  bool wants_copy() const GANTRY_REQUIRES(mutex_);

  const log_limits limits_;
  const std::function<result<void>()> may_answer_;
  sqlite::connection connection_;
  /// Of the last commit; the writing thread's own.
  int committed_pages_ = 0;
  /// The copying thread's own.
  sqlite::connection copying_connection_;
  mutex mutex_;
  condition_variable wake_;
  condition_variable wake_copying_;
  std::vector<task> queue_ GANTRY_GUARDED_BY(mutex_);
  /// Pages that the log has, and had when it was copied last.
  int log_pages_ GANTRY_GUARDED_BY(mutex_) = 0;
  int copied_pages_ GANTRY_GUARDED_BY(mutex_) = 0;
  bool is_committing_ GANTRY_GUARDED_BY(mutex_) = false;
  /// Nothing is to be written.
  bool holding_ GANTRY_GUARDED_BY(mutex_) = false;
  bool stopping_ GANTRY_GUARDED_BY(mutex_) = false;
  std::thread writing_;
  std::thread copying_;
};

} // namespace gantry::storage
