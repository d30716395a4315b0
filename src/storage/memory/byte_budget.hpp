// The bytes that an engine may hold: one budget, and the claims that share it.
#pragma once

#include "domain/error.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace gantry::storage {

/// Any thread.
class byte_budget {
public:
  explicit byte_budget(std::uint64_t limit) noexcept : limit_{limit} {}

  /// Errors: insufficient_storage; then nothing was taken.
  result<void> take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes) noexcept { used_.fetch_sub(bytes); }

  std::uint64_t used() const noexcept { return used_.load(); }

  /// `reclaim` is called before a `take` fails and may give bytes back. To be set before the budget
  /// is shared between threads.
  void on_pressure(std::function<void()> reclaim) { reclaim_ = std::move(reclaim); }

private:
  bool try_take(std::uint64_t bytes) noexcept;

  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
  std::function<void()> reclaim_;
};

/// Bytes taken from a budget; they go back when the claim dies. One owner at a time; movable.
class byte_claim {
public:
  explicit byte_claim(std::shared_ptr<byte_budget> budget) noexcept : budget_{std::move(budget)} {}
  byte_claim(byte_claim&& other) noexcept
    : budget_{std::move(other.budget_)}, bytes_{std::exchange(other.bytes_, 0)} {}
  byte_claim& operator=(byte_claim&&) = delete;
  ~byte_claim() { release(); }

  /// Errors: insufficient_storage; then the claim is as it was.
  result<void> grow(std::uint64_t bytes);
  /// Precondition: the claim has that many.
  void shrink(std::uint64_t bytes) noexcept;
  void release() noexcept { shrink(bytes_); }

private:
  std::shared_ptr<byte_budget> budget_;
  std::uint64_t bytes_ = 0;
};

} // namespace gantry::storage
