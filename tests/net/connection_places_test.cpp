#include "net/connection_places.hpp"

#include "net/tcp_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>

using namespace gantry::net;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

/// A thread with one connection; nothing runs until `act`.
struct one_thread {
  boost::asio::io_context context;
  std::shared_ptr<gantry::net::connection_list> list =
    std::make_shared<gantry::net::connection_list>();
  gantry::net::connection peer{std::make_unique<tcp_transport>(tcp::socket{context}), 1s};

  explicit one_thread(connection_places& places) {
    places.add(context.get_executor(), list);
    list->add(peer);
    peer.expect_within(1h);
  }
  ~one_thread() { list->remove(peer); }

  /// How much there was to do.
  std::size_t act() {
    context.restart();
    return context.poll();
  }
};

struct two_threads {
  connection_places places{2, 30s};
  one_thread first{places};
  one_thread second{places};

  two_threads() {
    BOOST_TEST(places.take());
    BOOST_TEST(places.take());
    BOOST_TEST(!places.take());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection_places, two_threads)

BOOST_AUTO_TEST_CASE(nobody_is_cut_while_all_are_served) {
  BOOST_TEST(!places.make_room());
  BOOST_TEST(first.act() + second.act() == 0u);
}

BOOST_AUTO_TEST_CASE(the_thread_whose_connection_is_idle_longest_gives_it_up) {
  const auto later = steady_clock::now() + 1h;
  second.peer.expect_request(later);
  while (steady_clock::now() <= second.peer.since())
    continue;
  first.peer.expect_request(later);
  BOOST_TEST(places.make_room());
  BOOST_TEST(first.act() == 0u);
  BOOST_TEST(!places.take());
  BOOST_TEST(second.act() == 1u);
  BOOST_TEST(second.peer.is_given_up());
  BOOST_TEST(places.take()); // before the connection is gone
}

BOOST_AUTO_TEST_CASE(a_thread_that_is_busy_is_told_once) {
  first.peer.expect_request(steady_clock::now() + 1h);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(places.make_room());
  BOOST_TEST(first.act() == 1u);
}

BOOST_AUTO_TEST_CASE(the_slowest_body_of_all_threads_goes_if_none_is_idle) {
  const auto now = steady_clock::now();
  first.peer.expect_body(now - 31s, now + 1h);
  second.peer.expect_body(now - 60s, now + 1h);
  BOOST_TEST(places.make_room());
  BOOST_TEST(first.act() == 0u);
  BOOST_TEST(second.act() == 1u);
  BOOST_TEST(second.peer.is_given_up());
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_in_time_stays) {
  const auto now = steady_clock::now();
  first.peer.expect_body(now, now + 1h);
  BOOST_TEST(!places.make_room());
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_busy_again_stays) {
  first.peer.expect_request(steady_clock::now() + 1h);
  BOOST_TEST(places.make_room());
  first.peer.expect_within(1h);
  BOOST_TEST(first.act() == 1u);
  BOOST_TEST(!first.peer.is_given_up());
  BOOST_TEST(!places.take());
}

BOOST_AUTO_TEST_SUITE_END()
