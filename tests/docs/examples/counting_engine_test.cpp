// What the example's engine promises beyond the contract.
#include "storage/api/answer_of.hpp"
#include "storage/counting_engine.hpp"

#include "storage/memory/engine.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(counting_engine)

using namespace gantry;

// [snippet counting-test]
BOOST_AUTO_TEST_CASE(bytes_that_a_sink_took_are_counted_once) {
  storage::counting_engine engine{storage::make_memory_engine({.limit = 100'000})};
  const auto lease_end = std::chrono::system_clock::now() + std::chrono::hours{1};
  const auto held = test::publish(engine, test::content(40'000), lease_end);
  BOOST_TEST(engine.written_bytes() == 40'000);
  const auto sink =
    answer_of(engine.uploads(), &upload_engine::open_sink, upload_id::generate()).value();
  const auto refused = test::append(*sink, test::content(90'000));
  BOOST_TEST(refused.error().code == errc::insufficient_storage);
  BOOST_TEST(engine.written_bytes() == 40'000);
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
