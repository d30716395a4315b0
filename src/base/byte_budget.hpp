// The bytes that one part of the server may hold: a budget, the claims that share it, and the queue
// of those who wait for it.
#pragma once

#include "base/mutex.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace gantry {

/// Any thread.
class byte_budget {
public:
  explicit byte_budget(std::uint64_t limit) noexcept : limit_{limit} {}

  /// False if the bytes are not there, even after a reclaim; then nothing was taken.
  [[nodiscard]] bool take(std::uint64_t bytes);
  /// Never ahead of those who wait.
  bool try_take(std::uint64_t bytes) noexcept;
  /// Takes more than there is if it must: for what cannot be refused.
  void take_anyway(std::uint64_t bytes) noexcept { used_.fetch_add(bytes); }
  /// Whoever waits longest and now fits gets them.
  void give_back(std::uint64_t bytes) noexcept;

  std::uint64_t used() const noexcept { return used_.load(); }
  std::uint64_t limit() const noexcept { return limit_; }

  /// `reclaim` is called before a `take` fails and may give bytes back. To be set before the budget
  /// is shared between threads.
  void on_pressure(std::function<void()> reclaim) { reclaim_ = std::move(reclaim); }

  /// A place in the queue.
  using place = std::uint64_t;
  /// Queues for `bytes`, first come, first served. `granted` is called once, when they were taken
  /// for the caller: by whoever gives bytes back, or before this returns. It must be quick, and
  /// must not call the budget. Precondition: `bytes` is at most the limit.
  place wait_for(std::uint64_t bytes, std::function<void()> granted);
  /// Ends a wait. False if the bytes were granted: they are the caller's to give back.
  bool leave(place mine);
  /// How many wait.
  std::size_t waiting() const noexcept { return waiting_.load(); }

private:
  struct waiter {
    std::uint64_t bytes;
    std::function<void()> granted;
  };

  bool take_if_it_fits(std::uint64_t bytes) noexcept;
  void serve_queue() GANTRY_EXCLUDES(mutex_);

  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
  std::function<void()> reclaim_;

  /// The size of the queue. A waiter counts itself before it tries, and who gives back looks at
  /// this afterwards: so one of the two sees the other.
  std::atomic<std::size_t> waiting_{0};
  mutex mutex_;
  place next_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::map<place, waiter> queue_ GANTRY_GUARDED_BY(mutex_);
};

/// Bytes taken from a budget; they go back when the claim dies. One owner at a time; movable.
class byte_claim {
public:
  /// Nothing, of no budget.
  byte_claim() noexcept = default;
  explicit byte_claim(std::shared_ptr<byte_budget> budget) noexcept : budget_{std::move(budget)} {}
  /// `bytes` that the caller has taken already.
  byte_claim(std::shared_ptr<byte_budget> budget, std::uint64_t bytes) noexcept
    : budget_{std::move(budget)}, bytes_{bytes} {}
  byte_claim(byte_claim&& other) noexcept
    : budget_{std::move(other.budget_)}, bytes_{std::exchange(other.bytes_, 0)} {}
  byte_claim& operator=(byte_claim&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~byte_claim() { release(); }

  /// As `byte_budget::take`; false leaves the claim as it was.
  [[nodiscard]] bool grow(std::uint64_t bytes);
  bool try_grow(std::uint64_t bytes) noexcept;
  void grow_anyway(std::uint64_t bytes) noexcept;
  /// Takes over what `other`, of the same budget, has.
  void merge(byte_claim&& other) noexcept { bytes_ += std::exchange(other.bytes_, 0); }
  /// Precondition: the claim has that many.
  void shrink(std::uint64_t bytes) noexcept;
  void release() noexcept { shrink(bytes_); }

  std::uint64_t bytes() const noexcept { return bytes_; }
  /// Null for a claim of no budget.
  const byte_budget* budget() const noexcept { return budget_.get(); }

private:
  std::shared_ptr<byte_budget> budget_;
  std::uint64_t bytes_ = 0;
};

} // namespace gantry
