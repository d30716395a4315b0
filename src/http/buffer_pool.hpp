// Buffers for upload bytes: recycled, and never more in use than the budget allows.
#pragma once

#include "actors/messages.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace gantry::http {

/// A buffer being filled by its one owner; becomes a `msg::chunk` that many may read.
class pooled_buffer {
public:
  pooled_buffer() = default;
  pooled_buffer(std::shared_ptr<std::byte[]> storage, std::size_t capacity)
    : storage_{std::move(storage)}, capacity_{capacity} {}

  explicit operator bool() const noexcept { return storage_ != nullptr; }
  std::span<std::byte> space() const noexcept { return {storage_.get(), capacity_}; }
  /// The first `size` bytes; the buffer goes back to its pool when the last copy of the chunk dies.
  msg::chunk freeze(std::size_t size) && { return {std::move(storage_), size}; }

private:
  std::shared_ptr<std::byte[]> storage_;
  std::size_t capacity_ = 0;
};

/// Any thread. Buffers keep what they need of the pool alive, so they may outlive it.
class buffer_pool {
public:
  static constexpr std::size_t buffer_size = 256 * 1024;

  /// `budget` in bytes; at least one buffer is always to be had.
  explicit buffer_pool(std::size_t budget);

  /// Empty while the budget is used up.
  pooled_buffer try_acquire();
  /// Waits until there is one: that is how a full server stops reading from its sockets. Empty
  /// where the wait was cancelled.
  boost::asio::awaitable<pooled_buffer> acquire();

  std::size_t in_use() const noexcept { return shared_->in_use.load(std::memory_order_relaxed); }

private:
  /// Free buffers beyond this many are given back to the system.
  static constexpr std::size_t max_spare = 64;

  struct shared {
    std::size_t max_in_use = 1;
    std::atomic<std::size_t> in_use{0};
    std::mutex mutex;
    std::vector<std::unique_ptr<std::byte[]>> spare;

    /// Null where there is none.
    std::unique_ptr<std::byte[]> take_spare();
    void give_back(std::byte* storage);
  };
  std::shared_ptr<shared> shared_;
};

} // namespace gantry::http
