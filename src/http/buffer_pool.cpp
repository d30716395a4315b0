#include "http/buffer_pool.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace asio = boost::asio;

namespace gantry::http {

buffer_pool::buffer_pool(std::size_t budget) : shared_{std::make_shared<shared>()} {
  shared_->max_in_use = std::max<std::size_t>(1, budget / buffer_size);
}

pooled_buffer buffer_pool::try_acquire() {
  if (shared_->in_use.fetch_add(1, std::memory_order_relaxed) >= shared_->max_in_use) {
    shared_->in_use.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }
  std::unique_ptr<std::byte[]> storage;
  {
    std::scoped_lock lock{shared_->mutex};
    if (!shared_->spare.empty()) {
      storage = std::move(shared_->spare.back());
      shared_->spare.pop_back();
    }
  }
  if (!storage)
    storage = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
  auto release = [pool = shared_](std::byte* bytes) { pool->give_back(bytes); };
  return {std::shared_ptr<std::byte[]>{storage.release(), std::move(release)}, buffer_size};
}

asio::awaitable<pooled_buffer> buffer_pool::acquire() {
  using namespace std::chrono_literals;
  auto buffer = try_acquire();
  for (auto pause = 1ms; !buffer; pause = std::min(2 * pause, 16ms)) {
    asio::steady_timer timer{co_await asio::this_coro::executor, pause};
    co_await timer.async_wait(asio::use_awaitable);
    buffer = try_acquire();
  }
  co_return buffer;
}

void buffer_pool::shared::give_back(std::byte* storage) {
  std::unique_ptr<std::byte[]> owned{storage};
  {
    std::scoped_lock lock{mutex};
    if (spare.size() < max_spare)
      spare.push_back(std::move(owned));
  }
  in_use.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace gantry::http
