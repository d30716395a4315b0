// Threads that wait for requests: whether they poll before they sleep.
#include "base/sanitizers.hpp"
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>

#include <sys/epoll.h>

namespace {

/// Counts the tests of this file, so that the threads of other registries do not count.
std::atomic<unsigned> current{0};
/// The most waits in a row of one thread that were to return at once and found nothing.
std::atomic<unsigned> longest{0};

void count(int timeout, int found) {
  thread_local const unsigned began_in = current;
  thread_local unsigned row = 0;
  row = timeout == 0 && found == 0 ? row + 1 : 0;
  if (began_in == current)
    longest = std::max(longest.load(), row);
}

} // namespace

/// Takes the place of the C library's, for all of this program.
extern "C" int epoll_wait(int descriptor, epoll_event* events, int most, int timeout) {
  const int found = ::epoll_pwait(descriptor, events, most, timeout, nullptr);
  count(timeout, found);
  return found;
}

using namespace gantry::test;

namespace {

/// More waits than any request causes without polling.
constexpr unsigned many = 12;

running_registry start(bool poll) {
  ++current;
  longest = 0;
  return running_registry{[poll](auto& settings) {
    settings.poll = poll;
    settings.threads = 1;
  }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(polling)

BOOST_AUTO_TEST_CASE(threads_poll_now_and_then_to_see_whether_it_pays) {
  const auto server = start(true);
  registry_client client{server};
  BOOST_TEST(eventually([&] { return client.get("/v2/").status == 200 && longest >= many; }));
}

// Instrumented handlers are so slow that others queue up behind them, which looks like polling.
#ifndef GANTRY_SANITIZED
BOOST_AUTO_TEST_CASE(without_polling_threads_sleep_at_once) {
  const auto server = start(false);
  registry_client client{server};
  for (int i = 0; i < 2000; ++i)
    BOOST_REQUIRE(client.get("/v2/").status == 200);
  BOOST_TEST(longest < many);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
