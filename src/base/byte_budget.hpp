// A limit on the bytes that one part of the server may hold, the claims that share it, and the
// queue of waiters.
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

/// Thread-safe.
class byte_budget {
public:
  explicit byte_budget(std::uint64_t limit) noexcept : limit_{limit} {}

  /// False if the bytes are not available or others wait; then nothing is taken.
  [[nodiscard]] bool try_take(std::uint64_t bytes) noexcept;
  /// Takes bytes even beyond the limit, for requests that cannot be refused.
  void take_anyway(std::uint64_t bytes) noexcept { used_.fetch_add(bytes); }
  /// Returns bytes, then serves the queue in order as far as it fits.
  void give_back(std::uint64_t bytes) noexcept;

  std::uint64_t used() const noexcept { return used_.load(); }
  std::uint64_t limit() const noexcept { return limit_; }

  /// A position in the queue.
  using place = std::uint64_t;
  /// Queues for `bytes`, first come, first served. `granted` is called once, when the bytes have
  /// been taken for the caller: on the thread that returns bytes, or before this function returns.
  /// It must be quick and must not call the budget. Precondition: `bytes` is at most the limit.
  place wait_for(std::uint64_t bytes, std::function<void()> granted);
  /// Leaves the queue. False if the bytes were granted already; the caller must then return them.
  bool leave(place mine);
  /// The number of waiters.
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

  /// The queue length. A waiter increments it before it tries to take bytes, and a returner reads
  /// it after returning them, so one of the two sees the other.
  std::atomic<std::size_t> waiting_{0};
  mutex mutex_;
  place next_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::map<place, waiter> queue_ GANTRY_GUARDED_BY(mutex_);
};

/// Bytes taken from a budget; the destructor returns them. Movable, not thread-safe.
class byte_claim {
public:
  /// An empty claim without a budget.
  byte_claim() noexcept = default;
  explicit byte_claim(std::shared_ptr<byte_budget> budget) noexcept : budget_{std::move(budget)} {}
  /// Adopts `bytes` that the caller has already taken.
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

  /// Like `byte_budget::try_take`; on failure the claim is unchanged.
  [[nodiscard]] bool try_grow(std::uint64_t bytes) noexcept;
  void grow_anyway(std::uint64_t bytes) noexcept;
  /// Precondition: the claim has at least that many bytes.
  void shrink(std::uint64_t bytes) noexcept;
  void release() noexcept { shrink(bytes_); }

  std::uint64_t bytes() const noexcept { return bytes_; }
  /// Null for a claim without a budget.
  const byte_budget* budget() const noexcept { return budget_.get(); }

private:
  std::shared_ptr<byte_budget> budget_;
  std::uint64_t bytes_ = 0;
};

} // namespace gantry
