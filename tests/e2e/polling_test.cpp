// Threads that wait for requests: whether they poll before they sleep.
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>

#include <sys/epoll.h>

namespace {

/// Counts the tests of this file, so that the threads of other registries do not count.
std::atomic<unsigned> current{0};
/// How often a thread had so many waits in a row that were to return at once and found nothing.
std::atomic<unsigned> bursts{0};
constexpr unsigned many = 12;

void count(int timeout, int found) {
  thread_local const unsigned began_in = current;
  thread_local unsigned row = 0;
  row = timeout == 0 && found == 0 ? row + 1 : 0;
  if (began_in == current && row == many)
    ++bursts;
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

running_registry start(bool poll) {
  ++current;
  bursts = 0;
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
  BOOST_TEST(eventually([&] { return client.get("/v2/").status == 200 && bursts > 0; }));
}

BOOST_AUTO_TEST_CASE(without_polling_threads_sleep_at_once) {
  const auto server = start(false);
  registry_client client{server};
  for (int i = 0; i < 2000; ++i)
    BOOST_REQUIRE(client.get("/v2/").status == 200);
  // Work that others hand over may keep a thread busy for that long now and then. Polling would
  // look whether it pays after each 32nd request.
  BOOST_TEST(bursts < 20u);
}

BOOST_AUTO_TEST_SUITE_END()
