// Sorted lists of what an engine holds: an index that follows the log.
#pragma once

#include "base/mutex.hpp"
#include "domain/error.hpp"
#include "listing/pull_counts.hpp"
#include "listing/query.hpp"
#include "listing/records.hpp"
#include "storage/api/completion.hpp"
#include "storage/api/engine.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gantry::listing {

class database;

/// The file of the index, in the folder of the registry.
inline constexpr std::string_view index_file = "listing.db";

/// Has a thread of its own, which may wait for the disk. It begins to follow the log with the first
/// query; before that it only writes pulls down, in batches. One owner makes, stops and destroys
/// it; the other functions are for any thread until `stop`.
class index {
public:
  /// `engine` outlives it. An empty `file` means one that ends with the process.
  index(storage_engine& engine, std::string file, std::function<time_point()> now);
  index(const index&) = delete;
  index& operator=(const index&) = delete;
  ~index();

  pull_counts& pulls() noexcept { return pulls_; }

  /// Lists show every change and every pull that was answered before the question. Errors:
  /// unavailable (the index is being built, which can take minutes, or it cannot be written),
  /// pagination_invalid (a `last` that no page has given).
  void list_repositories(repository_query query, completion<found_rows<repository_record>> done);
  /// Also: name_unknown (the repository has no manifest).
  void list_tags(const repository_name& in, tag_query query,
                 completion<found_rows<tag_record>> done);
  void search(search_query query, completion<found_rows<manifest_record>> done);
  /// Calls `use` with all tags of each repository that `wants`, in the order of names; one
  /// repository at a time is in memory. Both run on the thread of the index, so other questions
  /// wait.
  void visit_tags(std::function<bool(const repository_name&)> wants,
                  std::function<void(const repository_name&, const std::vector<visited_tag>&)> use,
                  completion<void> done);

  /// Pulls follow a repository that gets another name.
  void rename(const repository_name& from, const repository_name& to);
  /// Forgets pulls, those within one repository (see `is_within`) if there is one.
  void forget(const std::optional<repository_name>& within);

  /// Fails queries in progress and later ones, so that no client waits for one.
  void end_queries();
  /// Writes down what was counted. Idempotent.
  void stop();

private:
  class worker;
  /// Called once, on the thread, with the database or with why there is none.
  using task = std::function<void(result<std::reference_wrapper<database>>)>;
  struct due_task {
    task work;
    /// Whether the index must be up to date.
    bool needs_content = false;
    /// When it fails if the index is still being built.
    std::chrono::steady_clock::time_point patience = {};
    std::uint64_t number = 0;
  };

  /// Answers with what `find(rows)` returns.
  template <class T, class Find>
  void ask(completion<T> done, Find find);
  void submit(due_task next);
  void run();
  /// Waits until there is something to do; false if it is the end.
  bool wait(unique_lock& lock) GANTRY_REQUIRES(mutex_);
  /// The engine's log has grown.
  void notice();
  /// The tasks before that number.
  std::vector<due_task> take_before(std::uint64_t number);
  /// Fails those that have waited for too long. Returns whether to go on building.
  bool goes_on(std::uint64_t read);

  storage_engine& engine_;
  const std::string file_;
  const std::function<time_point()> now_;
  std::atomic<bool> has_grown_{false};
  mutex mutex_;
  condition_variable wake_;
  std::deque<due_task> queue_ GANTRY_GUARDED_BY(mutex_);
  std::uint64_t tasks_ GANTRY_GUARDED_BY(mutex_) = 0;
  /// When pulls are due to be written, and changes to be followed.
  std::optional<std::chrono::steady_clock::time_point> flush_at_ GANTRY_GUARDED_BY(mutex_);
  std::optional<std::chrono::steady_clock::time_point> follow_at_ GANTRY_GUARDED_BY(mutex_);
  bool has_ended_ GANTRY_GUARDED_BY(mutex_) = false;
  bool stopping_ GANTRY_GUARDED_BY(mutex_) = false;
  pull_counts pulls_;
  std::thread thread_;
};

} // namespace gantry::listing
