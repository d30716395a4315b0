#include "net/connection_list.hpp"

#include "net/tcp_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

using namespace gantry::net;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

/// Connections that are all working, of a thread that does nothing.
struct crowd {
  static constexpr std::size_t size = 4;

  boost::asio::io_context context;
  connection_list list;
  std::vector<std::unique_ptr<connection>> peers;
  const steady_clock::time_point start = steady_clock::now();

  crowd() {
    for (std::size_t i = 0; i < size; ++i) {
      auto& peer = *peers.emplace_back(
        std::make_unique<connection>(std::make_unique<tcp_transport>(tcp::socket{context}), 1s));
      list.add(peer);
      peer.expect_within(1h);
    }
  }

  connection& operator[](std::size_t index) { return *peers[index]; }
  void receive(std::size_t index, std::chrono::seconds since) {
    peers[index]->expect_body(start + since, start + 24h);
  }
  void idle(std::size_t index) { peers[index]->expect_request(start + 24h); }
  /// Whether one is spared 1000 s after the start, after a patience of 30 s.
  bool spare() { return list.spare_one(start + 1000s, 30s); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection_list, crowd)

BOOST_AUTO_TEST_CASE(who_is_served_is_never_spared) {
  BOOST_TEST(!spare());
  BOOST_CHECK(list.idle_since() == steady_clock::time_point::max());
  BOOST_CHECK(list.slow_since() == steady_clock::time_point::max());
}

BOOST_AUTO_TEST_CASE(the_one_that_is_idle_longest_goes_first) {
  idle(2);
  idle(0);
  idle(3);
  BOOST_CHECK(list.idle_since() == peers[2]->since());
  idle(2); // a request was answered meanwhile
  BOOST_TEST(spare());
  BOOST_TEST(peers[0]->is_aborted());
  BOOST_TEST(peers[0]->is_given_up());
  for (const auto other : {1, 2, 3})
    BOOST_TEST(!peers[other]->is_given_up());
}

BOOST_AUTO_TEST_CASE(the_slowest_body_goes_if_none_is_idle) {
  receive(0, 950s);
  receive(1, 900s);
  receive(2, 940s); // sorted in between the two
  BOOST_CHECK(list.slow_since() == start + 900s);
  BOOST_TEST(spare());
  BOOST_TEST(peers[1]->is_given_up());
  BOOST_TEST(peers[1]->timed_out());
  BOOST_TEST(!peers[1]->is_aborted()); // it hears why
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_in_time_is_not_spared) {
  receive(0, 980s);
  BOOST_TEST(!spare());
  receive(1, 900s);
  peers[1]->expect_within(1h); // the registry has to work now
  BOOST_TEST(!spare());
}

BOOST_AUTO_TEST_CASE(a_place_is_given_up_once) {
  receive(0, 0s);
  BOOST_TEST(spare());
  BOOST_TEST(!spare());
  receive(0, 0s); // its bytes came in the same moment
  BOOST_TEST(!spare());
  idle(1);
  BOOST_TEST(spare());
  idle(1);
  BOOST_TEST(!spare());
}

BOOST_AUTO_TEST_CASE(an_idle_connection_goes_before_any_body) {
  receive(0, 0s);
  idle(1);
  BOOST_TEST(spare());
  BOOST_TEST(peers[1]->is_given_up());
  BOOST_TEST(!peers[0]->is_given_up());
}

BOOST_AUTO_TEST_CASE(one_that_leaves_is_not_found_any_more) {
  idle(0);
  list.remove(*peers[0]);
  BOOST_CHECK(list.idle_since() == steady_clock::time_point::max());
  BOOST_TEST(!spare());
  peers[0]->expect_within(1s);
  for (std::size_t i = 1; i < size; ++i)
    list.remove(*peers[i]);
  BOOST_TEST(list.empty());
}

BOOST_AUTO_TEST_CASE(all_are_visited_and_may_change_on_the_way) {
  idle(0);
  receive(1, 0s);
  std::size_t visits = 0;
  list.for_each([&](connection& peer) {
    ++visits;
    peer.expect_within(1h);
  });
  BOOST_TEST(visits == size);
  for (auto& peer : peers)
    BOOST_CHECK(peer->phase() == connection_phase::working);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_whose_request_has_come_is_passed_over) {
  boost::asio::ip::tcp::acceptor door{context, {boost::asio::ip::address_v4::loopback(), 0}};
  tcp::socket client{context};
  client.connect(door.local_endpoint());
  connection asked{std::make_unique<tcp_transport>(door.accept()), 1s};
  list.add(asked);
  client.send(boost::asio::buffer("G", 1));
  while (!asked.has_bytes())
    continue;
  idle(0);
  BOOST_CHECK(list.idle_since() == asked.since());
  BOOST_TEST(spare());
  BOOST_TEST(!asked.is_given_up());
  BOOST_TEST(peers[0]->is_given_up());
  list.remove(asked);
}

BOOST_AUTO_TEST_SUITE_END()
