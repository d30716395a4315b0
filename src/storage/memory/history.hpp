// The history of one repository in memory.
#pragma once

#include "domain/history.hpp"
#include "domain/paging.hpp"
#include "storage/memory/change_log.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry::storage {

/// What the histories of an engine share. Thread-safe.
struct history_counter {
  /// The most entries of an engine: a memory engine is written to for days in load tests, and the
  /// default age would keep all of it.
  static constexpr std::size_t max_entries = 100'000;

  /// The clock of the entries.
  std::function<time_point()> now;
  /// Gives the numbers.
  change_log log;
  std::atomic<std::size_t> entries{0};
};

/// Guarded by its owner.
class memory_history {
public:
  /// Of the repository `owner`, which outlives it.
  memory_history(const repository_name& owner, std::shared_ptr<history_counter> counter)
    : owner_{owner}, counter_{std::move(counter)} {}
  memory_history(const memory_history&) = delete;
  memory_history& operator=(const memory_history&) = delete;
  ~memory_history();

  /// Gives the entry its number and its time, and the number of its change if it has none. Returns
  /// the latter. If the engine has too many entries, the oldest of this repository goes.
  std::uint64_t add(history_entry entry);
  page<history_entry> list(const history_query& query) const;
  /// The entries of the change that this one belongs to, the newest first; none if there is no such
  /// entry.
  std::vector<history_entry> change_of(std::uint64_t sequence) const;
  time_point now() const { return counter_->now(); }
  /// All entries, the oldest first.
  std::vector<history_entry> all() const;
  /// Puts entries back as they were, but not into the log. Precondition: it is empty.
  void restore(const std::vector<history_entry>& saved);

  /// Drops what the rules do not keep.
  void prune(const history_rules& rules, time_point now);
  void drop_oldest(std::size_t count);
  /// Drops everything, and takes nothing from now on. Returns whether there was anything.
  bool cut_off();

  bool is_empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

private:
  using entry_map = std::map<std::uint64_t, history_entry>;
  using tag_times = std::map<time_point, std::uint64_t>;

  page<history_entry> list_all(const history_query& query) const;
  const history_entry& insert(history_entry entry);
  void drop(entry_map::iterator doomed);
  bool is_kept(const history_entry& each, const history_rules& rules, time_point now) const;

  const repository_name& owner_;
  std::shared_ptr<history_counter> counter_;
  bool is_cut_off_ = false;
  /// By number.
  entry_map entries_;
  /// The entries of each tag by their times, which differ.
  std::map<std::string, tag_times, std::less<>> by_tag_;
};

} // namespace gantry::storage
