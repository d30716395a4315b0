// Buffers for upload bytes: recycled, and never more in use than the budget allows.
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

/// Bytes that many may read. The buffer goes back to its pool when the last copy dies.
struct frozen_buffer {
  std::shared_ptr<const std::byte[]> storage;
  std::size_t size = 0;

  std::span<const std::byte> bytes() const noexcept { return {storage.get(), size}; }
};

/// A buffer being filled by its one owner.
class pooled_buffer {
public:
  pooled_buffer() = default;
  pooled_buffer(std::shared_ptr<std::byte[]> storage, std::size_t capacity)
    : storage_{std::move(storage)}, capacity_{capacity} {}

  explicit operator bool() const noexcept { return storage_ != nullptr; }
  std::span<std::byte> space() const noexcept { return {storage_.get(), capacity_}; }
  /// The first `size` bytes.
  frozen_buffer freeze(std::size_t size) && { return {std::move(storage_), size}; }

private:
  std::shared_ptr<std::byte[]> storage_;
  std::size_t capacity_ = 0;
};

/// Any thread. Buffers keep what they need of the pool alive, so they may outlive it.
class buffer_pool {
public:
  static constexpr std::size_t buffer_size = 256 * 1024;

  /// What is in use is taken from `budget`; where that has less than a buffer, one is to be had.
  /// Precondition: it has a byte.
  explicit buffer_pool(std::shared_ptr<byte_budget> budget);

  /// Empty while the budget is used up, or others wait.
  pooled_buffer try_acquire();
  /// Waits its turn: that is how a full server stops reading from its sockets. Empty where the wait
  /// was cancelled.
  boost::asio::awaitable<pooled_buffer> acquire();

private:
  /// Free buffers beyond this many are given back to the system.
  static constexpr std::size_t max_spare = 64;

  struct shared {
    std::shared_ptr<byte_budget> budget;
    gantry::mutex mutex;
    std::vector<std::unique_ptr<std::byte[]>> spare GANTRY_GUARDED_BY(mutex);

    /// Null where there is none.
    std::unique_ptr<std::byte[]> take_spare();
    void give_back(std::unique_ptr<std::byte[]> storage);
  };

  /// A buffer that is out. Its bytes go back to the budget after its storage went to the spare
  /// ones.
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

  /// Empty where there is no memory: others will give theirs back.
  pooled_buffer make(byte_claim paid);

  std::shared_ptr<shared> shared_;
  /// What a buffer takes of the budget.
  std::uint64_t price_;
};

} // namespace gantry::net
