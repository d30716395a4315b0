#include "net/buffer_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <vector>

using gantry::byte_budget;
using gantry::net::pooled_buffer;
using pool_type = gantry::net::buffer_pool;
namespace asio = boost::asio;

BOOST_AUTO_TEST_SUITE(buffer_pool)

BOOST_AUTO_TEST_CASE(no_more_buffers_are_out_than_the_budget_pays_for) {
  const auto budget = std::make_shared<byte_budget>(3 * pool_type::buffer_size);
  pool_type pool{budget};
  std::vector<pooled_buffer> out;
  for (int i = 0; i < 3; ++i)
    out.push_back(pool.try_acquire());
  BOOST_TEST(bool(out.back()));
  BOOST_TEST(!pool.try_acquire());
  out.pop_back();
  BOOST_TEST(bool(pool.try_acquire()));
  out.clear();
  BOOST_TEST(budget->used() == 0u);
}

BOOST_AUTO_TEST_CASE(one_buffer_is_always_to_be_had) {
  pool_type pool{std::make_shared<byte_budget>(1)};
  const auto only = pool.try_acquire();
  BOOST_TEST(bool(only));
  BOOST_TEST(!pool.try_acquire());
}

BOOST_AUTO_TEST_CASE(a_chunk_keeps_its_buffer_until_the_last_copy_dies) {
  pool_type pool{std::make_shared<byte_budget>(pool_type::buffer_size)};
  auto buffer = pool.try_acquire();
  buffer.space()[0] = std::byte{'a'};
  auto chunk = std::move(buffer).freeze(1);
  auto copy = chunk;
  BOOST_TEST(copy.bytes().size() == 1u);
  BOOST_CHECK(copy.bytes()[0] == std::byte{'a'});
  chunk = {};
  BOOST_TEST(!pool.try_acquire());
  copy = {};
  BOOST_TEST(bool(pool.try_acquire()));
}

BOOST_AUTO_TEST_CASE(a_chunk_may_outlive_the_pool) {
  std::optional<pool_type> pool{std::make_shared<byte_budget>(pool_type::buffer_size)};
  auto chunk = pool->try_acquire().freeze(pool_type::buffer_size);
  pool.reset();
  BOOST_TEST(chunk.bytes().size() == pool_type::buffer_size);
}

BOOST_AUTO_TEST_CASE(who_finds_the_budget_used_up_waits) {
  asio::io_context context;
  pool_type pool{std::make_shared<byte_budget>(pool_type::buffer_size)};
  auto held = pool.try_acquire();
  bool acquired = false;
  auto wait = [](pool_type& from, bool& done) -> asio::awaitable<void> {
    auto buffer = co_await from.acquire();
    done = bool(buffer);
  };
  asio::co_spawn(context, wait(pool, acquired), asio::detached);
  context.poll();
  BOOST_TEST(!acquired);
  held = {};
  context.run();
  BOOST_TEST(acquired);
}

BOOST_AUTO_TEST_SUITE_END()
