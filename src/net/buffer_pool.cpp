#include "net/buffer_pool.hpp"

#include "net/wait_for_bytes.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace asio = boost::asio;

namespace gantry::net {

buffer_pool::buffer_pool(std::shared_ptr<byte_budget> budget)
  : shared_{std::make_shared<shared>()},
    price_{std::min<std::uint64_t>(buffer_size, budget->limit())} {
  assert(budget->limit() > 0);
  shared_->budget = std::move(budget);
}

pooled_buffer buffer_pool::try_acquire() {
  byte_claim paid{shared_->budget};
  return paid.try_grow(price_) ? make(std::move(paid)) : pooled_buffer{};
}

asio::awaitable<pooled_buffer> buffer_pool::acquire() {
  auto paid = co_await wait_for_bytes(shared_->budget, price_);
  if (!paid)
    co_return pooled_buffer{};
  co_return make(std::move(*paid));
}

pooled_buffer buffer_pool::make(byte_claim paid) {
  try {
    auto storage = shared_->take_spare();
    if (!storage)
      storage = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
    auto owner = std::make_shared<lease>(shared_, std::move(storage), std::move(paid));
    auto* const bytes = owner->storage.get();
    return {std::shared_ptr<std::byte[]>{std::move(owner), bytes}, buffer_size};
  } catch (const std::bad_alloc&) {
    return {};
  }
}

buffer_pool::lease::~lease() {
  if (storage)
    pool->give_back(std::move(storage));
}

std::unique_ptr<std::byte[]> buffer_pool::shared::take_spare() {
  const lock_guard lock{mutex};
  if (spare.empty())
    return nullptr;
  auto storage = std::move(spare.back());
  spare.pop_back();
  return storage;
}

void buffer_pool::shared::give_back(std::unique_ptr<std::byte[]> storage) {
  const lock_guard lock{mutex};
  if (spare.size() < max_spare)
    spare.push_back(std::move(storage));
}

} // namespace gantry::net
