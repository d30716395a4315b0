#include "http/buffer_pool.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <new>

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
  try {
    auto storage = shared_->take_spare();
    if (!storage)
      storage = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
    auto release = [pool = shared_](std::byte* bytes) { pool->give_back(bytes); };
    return {std::shared_ptr<std::byte[]>{storage.release(), std::move(release)}, buffer_size};
  } catch (const std::bad_alloc&) {
    shared_->in_use.fetch_sub(1, std::memory_order_relaxed);
    return {}; // as if the budget were used up: others will give theirs back
  }
}

std::unique_ptr<std::byte[]> buffer_pool::shared::take_spare() {
  std::scoped_lock lock{mutex};
  if (spare.empty())
    return nullptr;
  auto storage = std::move(spare.back());
  spare.pop_back();
  return storage;
}

asio::awaitable<pooled_buffer> buffer_pool::acquire() {
  using namespace std::chrono_literals;
  auto buffer = try_acquire();
  for (auto pause = 1ms; !buffer; pause = std::min(2 * pause, 16ms)) {
    asio::steady_timer timer{co_await asio::this_coro::executor, pause};
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled)
      co_return pooled_buffer{};
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
