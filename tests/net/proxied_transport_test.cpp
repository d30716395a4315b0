// Streams that begin with a header of their proxy, on the loopback interface.
#include "net/proxied_transport.hpp"

#include "net/proxy_failure.hpp"
#include "support/proxy_header.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace gantry;
using namespace gantry::test;
using asio::ip::tcp;
using net::error_code;
using net::relay;

namespace {

struct relayed_stream {
  asio::io_context context{1};
  tcp::socket proxy{context};
  std::string proxy_address;
  /// Asked for admission.
  std::vector<std::string> asked;
  bool admits = true;
  int made = 0;
  std::unique_ptr<net::proxied_transport> server;

  relayed_stream() {
    tcp::acceptor door{context, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket accepted{context};
    proxy.connect(door.local_endpoint());
    door.accept(accepted);
    proxy_address = net::to_peer(proxy.local_endpoint());
    server = std::make_unique<net::proxied_transport>(
      std::move(accepted),
      [this](net::stream_socket behind) {
        ++made;
        return std::make_unique<net::tcp_transport>(std::move(behind));
      },
      [this](std::string_view peer) {
        asked.emplace_back(peer);
        return admits;
      });
  }

  error_code open(const std::string& bytes) {
    asio::write(proxy, asio::buffer(bytes));
    error_code ec;
    asio::co_spawn(context, server->open(ec), [](std::exception_ptr) {});
    context.restart();
    context.run();
    return ec;
  }
  std::string read() const {
    std::string space(100, '\0');
    error_code ec;
    space.resize(server->read_ready(std::as_writable_bytes(std::span{space}), ec));
    return ec && ec != asio::error::would_block ? ec.message() : space;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(proxied_transport, relayed_stream)

BOOST_AUTO_TEST_CASE(the_client_is_known_once_the_header_has_come) {
  BOOST_TEST(server->must_open());
  BOOST_TEST(server->peer() == proxy_address);
  BOOST_CHECK(server->relayed() == relay::none);
  BOOST_TEST(!open(header_for("203.0.113.9", 4711) + "hello"));
  BOOST_TEST(!server->must_open());
  BOOST_TEST(server->peer() == "203.0.113.9:4711");
  BOOST_CHECK(server->relayed() == relay::named);
  BOOST_TEST(asked == std::vector<std::string>{"203.0.113.9:4711"});
  BOOST_TEST(made == 1);
  BOOST_TEST(read() == "hello");
}

BOOST_AUTO_TEST_CASE(a_client_of_ipv6_has_brackets_and_mapped_ones_have_none) {
  BOOST_TEST(!open(header_for("2001:db8::9", 4711)));
  BOOST_TEST(server->peer() == "[2001:db8::9]:4711");
  relayed_stream other;
  BOOST_TEST(!other.open(header_for("::ffff:203.0.113.9", 4711)));
  BOOST_TEST(other.server->peer() == "203.0.113.9:4711");
}

BOOST_AUTO_TEST_CASE(a_client_that_is_not_named_has_the_address_of_the_proxy) {
  for (const auto& unnamed :
       {header(0x20, 0x00, ""), header(0x20, 0x11, header_for("203.0.113.9").substr(16)),
        header(0x21, 0x00, ""), header(0x21, 0x31, std::string(216, 'x')), header_for("127.0.0.1"),
        header_for("127.1.2.3"), header_for("::1"), header_for("::ffff:127.0.0.1")}) {
    relayed_stream at;
    BOOST_TEST(!at.open(unnamed));
    BOOST_TEST(at.server->peer() == at.proxy_address);
    BOOST_CHECK(at.server->relayed() == relay::unnamed);
    BOOST_TEST(at.asked == std::vector<std::string>{at.proxy_address});
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_is_not_admitted_sees_a_reset) {
  admits = false;
  BOOST_TEST(open(header_for("203.0.113.9")) == asio::error::connection_refused);
  BOOST_TEST(made == 0);
  char byte = 0;
  error_code ec;
  proxy.read_some(asio::buffer(&byte, 1), ec);
  BOOST_TEST(ec == asio::error::connection_reset);
}

BOOST_AUTO_TEST_CASE(anything_else_fails_before_a_stream_is_made) {
  BOOST_TEST(open("GET / HTTP/1.1\r\n\r\n") == make_error_code(net::proxy_failure::no_header));
  BOOST_TEST(server->must_open());
  BOOST_TEST(made == 0);
  BOOST_TEST(asked.empty());
  relayed_stream ended;
  ended.proxy.shutdown(tcp::socket::shutdown_send);
  error_code ec;
  asio::co_spawn(ended.context, ended.server->open(ec), [](std::exception_ptr) {});
  ended.context.run();
  BOOST_TEST(ec == asio::error::eof);
}

BOOST_AUTO_TEST_SUITE_END()
