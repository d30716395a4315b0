#include "net/listener.hpp"

#include "net/ports.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <new>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace gantry::net;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using generic_endpoint = asio::generic::stream_protocol::endpoint;

/// A listener with one thread: the test's, whenever it runs the context.
struct listening {
  explicit listening(conversation speak, std::size_t places_for = 10)
    : places{places_for, 1s},
      sockets{listen_on({&context}, {asio::ip::address_v4::loopback()}, 0)} {
    endpoint = {asio::ip::address_v4::loopback(), port_of(sockets.front().front())};
    own.emplace(context, std::move(sockets.front()), places, listener_options{1s, 10ms},
                std::move(speak));
    own->start();
  }
  ~listening() {
    asio::post(context, [this] {
      own->stop_accepting();
      own->abort_connections();
    });
    run_until([this] { return own->open_connections() == 0; });
  }

  template <class Condition>
  void run_until(Condition is_met) {
    while (!is_met())
      context.run_one();
  }

  asio::io_context context{1};
  gantry::net::connection_places places;
  std::vector<std::vector<stream_acceptor>> sockets;
  tcp::endpoint endpoint;
  std::optional<listener> own;
};

asio::awaitable<void> count(int& served, gantry::net::connection&) {
  ++served;
  co_return;
}

} // namespace

BOOST_AUTO_TEST_SUITE(listener)

BOOST_AUTO_TEST_CASE(a_connection_that_cannot_be_served_does_not_end_the_loop) {
  int asked = 0;
  int served = 0;
  listening server{[&](gantry::net::connection& peer) {
                     if (++asked <= 2)
                       throw std::bad_alloc{};
                     return count(served, peer);
                   },
                   1};
  for (int i = 0; i < 3; ++i) {
    tcp::socket client{server.context};
    client.connect(server.endpoint);
    server.run_until([&] { return asked == i + 1; });
  }
  server.run_until([&] { return served == 1; });
  BOOST_TEST(asked == 3);
}

BOOST_AUTO_TEST_CASE(a_conversation_that_throws_gives_its_place_back) {
  int begun = 0;
  listening server{[&begun](gantry::net::connection&) -> asio::awaitable<void> {
                     return [](int& number) -> asio::awaitable<void> {
                       ++number;
                       throw std::runtime_error{"a bug"};
                       co_return;
                     }(begun);
                   },
                   1};
  for (int i = 0; i < 3; ++i) {
    tcp::socket client{server.context};
    client.connect(server.endpoint);
    server.run_until([&] { return begun == i + 1; });
  }
  BOOST_TEST(begun == 3);
}

BOOST_AUTO_TEST_CASE(every_host_and_thread_listens_on_the_same_port) {
  asio::io_context first{1};
  asio::io_context second{1};
  const auto loopback = asio::ip::address_v4::loopback();
  const auto other = asio::ip::make_address_v4("127.0.0.2");
  const auto sockets = listen_on({&first, &second}, {loopback, other}, 0);
  BOOST_REQUIRE(sockets.size() == 2u);
  const auto port = port_of(sockets[0][0]);
  for (const auto& of_thread : sockets) {
    BOOST_REQUIRE(of_thread.size() == 2u);
    BOOST_TEST((of_thread[0].local_endpoint() == generic_endpoint{tcp::endpoint{loopback, port}}));
    BOOST_TEST((of_thread[1].local_endpoint() == generic_endpoint{tcp::endpoint{other, port}}));
  }
  BOOST_CHECK_THROW(listen_on({&first}, {loopback}, port), boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
