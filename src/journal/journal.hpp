// The last requests, in a ring of bounded size, and those who wait for more of them.
#pragma once

#include "base/mutex.hpp"
#include "journal/entry.hpp"
#include "journal/filter.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace gantry::journal {

/// Matching entries, the oldest first.
struct page {
  std::vector<entry> entries;
  /// The `since` that continues where this page ends.
  std::uint64_t next = 0;
  /// Entries after `since` have been replaced or cleared, or never existed: what was asked for is
  /// not complete.
  bool has_gap = false;
};

/// Thread-safe. Recording is cheap: it takes the lock once and, in a full journal, no memory.
class journal {
public:
  /// Names a wait; never zero.
  using ticket = std::uint64_t;

  /// Keeps the last `capacity` requests, each of at most about 22 KiB; with zero it is off.
  explicit journal(std::size_t capacity) : capacity_{capacity} {}

  bool is_on() const noexcept { return capacity_ > 0; }
  std::size_t capacity() const noexcept { return capacity_; }

  /// Numbers the request and keeps it in place of the oldest one, which `seen` holds afterwards, so
  /// that its memory can be used again. Precondition: `is_on`.
  void record(entry& seen) GANTRY_EXCLUDES(lock_);

  /// At most `most` entries.
  page read(const filter& which, std::size_t most) const GANTRY_EXCLUDES(lock_);
  /// The number of the last request; zero before the first one.
  std::uint64_t last() const GANTRY_EXCLUDES(lock_);
  /// Forgets all requests. Numbers go on, and waits begin to count anew.
  void clear() GANTRY_EXCLUDES(lock_);

  /// Calls `reached` once, when `count` matching entries have been recorded, including those that
  /// the journal holds now. It runs under the lock, on the thread that records or on this one, and
  /// must neither block nor call the journal. Precondition: `count` is at least one.
  ticket wait(filter which, std::size_t count, std::function<void()> reached)
    GANTRY_EXCLUDES(lock_);
  /// Ends a wait: `reached` is not called after this returns. Does nothing if it was called.
  void leave(ticket which) GANTRY_EXCLUDES(lock_);

private:
  struct waiting {
    ticket id = 0;
    filter which;
    /// Matching entries that are still missing.
    std::size_t missing = 0;
    std::size_t count = 0;
    std::function<void()> reached;
  };

  std::uint64_t oldest() const GANTRY_REQUIRES(lock_);
  const entry& at(std::uint64_t sequence) const GANTRY_REQUIRES(lock_);
  void notify(const entry& seen) GANTRY_REQUIRES(lock_);

  const std::size_t capacity_;
  mutable mutex lock_;
  /// Grows to the capacity. The entry with number s is at `(s - cleared_ - 1) % capacity_`.
  std::vector<entry> ring_ GANTRY_GUARDED_BY(lock_);
  std::uint64_t last_ GANTRY_GUARDED_BY(lock_) = 0;
  /// The number of the last entry that was cleared.
  std::uint64_t cleared_ GANTRY_GUARDED_BY(lock_) = 0;
  ticket last_ticket_ GANTRY_GUARDED_BY(lock_) = 0;
  std::vector<waiting> waiting_ GANTRY_GUARDED_BY(lock_);
};

} // namespace gantry::journal
