// Recycled buffers for upload bytes, within a budget.
#pragma once

#include "base/byte_budget.hpp"
#include "base/mutex.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace gantry::net {

/// Shared read-only bytes. The buffer returns to its pool when the last copy is destroyed.
struct frozen_buffer {
  std::shared_ptr<const std::byte[]> storage;
  std::size_t size = 0;

  std::span<const std::byte> bytes() const noexcept { return {storage.get(), size}; }
};

/// A buffer being filled by its single owner.
class pooled_buffer {
public:
  pooled_buffer() = default;
  pooled_buffer(std::shared_ptr<std::byte[]> storage, std::size_t capacity)
    : storage_{std::move(storage)}, capacity_{capacity} {}

  explicit operator bool() const noexcept { return storage_ != nullptr; }
  std::span<std::byte> space() const noexcept { return {storage_.get(), capacity_}; }
  /// Shares the first `size` bytes.
  frozen_buffer freeze(std::size_t size) && { return {std::move(storage_), size}; }

private:
  std::shared_ptr<std::byte[]> storage_;
  std::size_t capacity_ = 0;
};

/// Thread-safe. Buffers keep the parts of the pool that they need alive, so they may outlive it.
class buffer_pool {
public:
  static constexpr std::size_t buffer_size = 256 * 1024;

  /// Buffers in use are taken from `budget`. If the budget is smaller than one buffer, one buffer
  /// is allowed. Precondition: the budget is not zero.
  explicit buffer_pool(std::shared_ptr<byte_budget> budget);

  /// Empty if the budget is exhausted or others wait.
  pooled_buffer try_acquire();
  /// Waits in the budget's queue; this is how a full server stops reading from its sockets. Empty
  /// if the wait is cancelled.
  boost::asio::awaitable<pooled_buffer> acquire();

private:
  /// Free buffers beyond this number are returned to the system.
  static constexpr std::size_t max_spare = 64;

  struct shared {
    std::shared_ptr<byte_budget> budget;
    gantry::mutex mutex;
    std::vector<std::unique_ptr<std::byte[]>> spare GANTRY_GUARDED_BY(mutex);

    /// Null if there is none.
    std::unique_ptr<std::byte[]> take_spare();
    void give_back(std::unique_ptr<std::byte[]> storage);
  };

  /// A buffer in use. Its storage returns to the spare ones before its bytes return to the budget.
  struct lease {
    lease(std::shared_ptr<shared> home, std::unique_ptr<std::byte[]> bytes, byte_claim price)
      : paid{std::move(price)}, pool{std::move(home)}, storage{std::move(bytes)} {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease();

    byte_claim paid;
    std::shared_ptr<shared> pool;
    std::unique_ptr<std::byte[]> storage;
  };

  /// Empty if memory is exhausted; other buffers will be returned.
  pooled_buffer make(byte_claim paid);

  std::shared_ptr<shared> shared_;
  /// The bytes that one buffer takes from the budget.
  std::uint64_t price_;
};

} // namespace gantry::net
