#include "runtime/polling.hpp"

#include "runtime/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <ostream>
#include <thread>

namespace asio = boost::asio;
using gantry::runtime::waiting;
using policy = gantry::runtime::polling;

namespace {

/// The number of polls in `waits` waits in a row that find nothing.
unsigned looks(policy& under_test, unsigned waits) {
  unsigned looked = 0;
  for (unsigned i = 0; i < waits; ++i)
    if (under_test.is_worth_it()) {
      ++looked;
      under_test.learn(std::nullopt);
    }
  return looked;
}

const waiting ways[] = {waiting::asleep, waiting::polling};

} // namespace

namespace gantry::runtime {
std::ostream& boost_test_print_type(std::ostream& out, waiting how) {
  return out << static_cast<int>(how);
}
} // namespace gantry::runtime

BOOST_AUTO_TEST_SUITE(polling)

BOOST_AUTO_TEST_CASE(an_idle_thread_rarely_polls) {
  policy fresh;
  BOOST_TEST(looks(fresh, 32 * policy::tries_every) == 32u);
}

BOOST_AUTO_TEST_CASE(polling_continues_after_success_and_ends_after_failures) {
  policy busy;
  for (int i = 0; i < 100; ++i)
    busy.learn(policy::span);
  BOOST_TEST(looks(busy, 8) == 8u);
  BOOST_TEST(looks(busy, policy::tries_every - 1) == 0u);
  BOOST_TEST(looks(busy, 1) == 1u);
}

BOOST_AUTO_TEST_CASE(half_a_success_is_enough) {
  policy mixed;
  mixed.learn(policy::halting);
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(mixed.is_worth_it());
    mixed.learn(i % 2 == 0 ? std::optional{std::chrono::nanoseconds{policy::halting}}
                           : std::nullopt);
  }
}

BOOST_AUTO_TEST_CASE(polling_ends_if_work_comes_at_once) {
  policy busy;
  for (int i = 0; i < 100; ++i)
    busy.learn(policy::halting);
  unsigned polls = 0;
  for (int i = 0; i < 100; ++i)
    if (busy.is_worth_it()) {
      ++polls;
      busy.learn(policy::halting - std::chrono::nanoseconds{1});
    }
  BOOST_TEST(polls == 8u + 92u / policy::tries_every);
}

BOOST_DATA_TEST_CASE(a_thread_runs_its_work_and_ends_when_stopped,
                     boost::unit_test::data::make(ways), how) {
  asio::io_context context{1};
  auto guard = asio::make_work_guard(context);
  std::thread worker{[&] { gantry::runtime::run_io_thread(context, how); }};
  int done = 0;
  for (int i = 0; i < 1000; ++i)
    asio::post(context, [&] {
      if (++done == 1000)
        context.stop();
    });
  worker.join();
  BOOST_TEST(done == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
