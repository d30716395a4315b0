// The addresses at which a registry can be reached.
#include "app/listen_address.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace gantry;
using namespace gantry::test;
namespace asio = boost::asio;

namespace {

/// The first line of the answer to a request; empty if nothing listens there.
std::string ask(const asio::generic::stream_protocol::endpoint& where,
                const std::string& path = "/v2/") {
  asio::io_context context;
  asio::generic::stream_protocol::socket socket{context};
  boost::system::error_code failed;
  socket.connect(where, failed);
  if (failed)
    return {};
  asio::write(socket, asio::buffer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  std::string answer;
  asio::read_until(socket, asio::dynamic_buffer(answer), "\r\n");
  return answer.substr(0, answer.find('\r'));
}

std::string ask(const char* host, std::uint16_t port) {
  return ask(asio::ip::tcp::endpoint{asio::ip::make_address(host), port});
}

struct listening_registry {
  explicit listening_registry(const std::string& address)
    : server{[&](app::registry_options& settings) { settings.addresses = {address}; }} {}

  /// The result here, given the addresses of this machine.
  void check_loopback() const {
    BOOST_TEST(ask("127.0.0.1", server.port()) == "HTTP/1.1 200 OK");
    const bool has_ipv6 = app::has_address(asio::ip::make_address("::1"));
    BOOST_TEST(ask("::1", server.port()) == (has_ipv6 ? "HTTP/1.1 200 OK" : ""));
  }

  running_registry server;
};

} // namespace

BOOST_AUTO_TEST_SUITE(listening)

BOOST_AUTO_TEST_CASE(localhost_means_both_families) {
  listening_registry{"localhost:0"}.check_loopback();
}

BOOST_AUTO_TEST_CASE(no_host_means_every_address_of_both_families) {
  listening_registry{":0"}.check_loopback();
}

BOOST_AUTO_TEST_CASE(an_address_means_only_that_one) {
  const listening_registry own{"127.0.0.1:0"};
  BOOST_TEST(ask("127.0.0.1", own.server.port()) == "HTTP/1.1 200 OK");
  BOOST_TEST(ask("::1", own.server.port()).empty());
}

BOOST_AUTO_TEST_CASE(a_port_missing_in_one_family_is_reported) {
  const running_registry first;
  app::registry_options settings;
  settings.addresses = {"localhost:" + std::to_string(first.port())};
  settings.seed = "false";
  app::registry second{settings};
  BOOST_CHECK_EXCEPTION(second.start(), std::runtime_error, [&](const auto& failure) {
    return std::string{failure.what()}.starts_with("cannot listen on 127.0.0.1:" +
                                                   std::to_string(first.port()));
  });
}

BOOST_AUTO_TEST_CASE(several_addresses_and_a_socket_reach_the_same_registry) {
  const temp_dir folder;
  const auto file = (folder.path() / "s.sock").string();
  app::registry_options settings;
  settings.addresses = {"127.0.0.1:0", "unix:" + file, "127.0.0.2:0"};
  app::registry server{settings};
  server.start();
  const auto bound = server.addresses();
  BOOST_REQUIRE(bound.size() == 3u);
  BOOST_TEST(bound[0] == "127.0.0.1:" + std::to_string(server.port()));
  BOOST_TEST(bound[1] == "unix:" + file);
  BOOST_TEST(bound[2].starts_with("127.0.0.2:"));
  const auto second = std::stoi(bound[2].substr(bound[2].find(':') + 1));
  BOOST_TEST(ask("127.0.0.1", server.port()) == "HTTP/1.1 200 OK");
  BOOST_TEST(ask("127.0.0.2", static_cast<std::uint16_t>(second)) == "HTTP/1.1 200 OK");
  BOOST_TEST(ask(asio::local::stream_protocol::endpoint{file}) == "HTTP/1.1 200 OK");
  server.stop();
  BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(clients_of_a_socket_are_on_this_machine) {
  const temp_dir folder;
  const auto file = (folder.path() / "s.sock").string();
  const running_registry server{[&](auto& settings) {
    settings.addresses = {"unix:" + file};
    settings.api.steered_by = api::control::loopback;
  }};
  BOOST_TEST(server.port() == 0u);
  BOOST_TEST(ask(asio::local::stream_protocol::endpoint{file}, "/__parlel/faults") ==
             "HTTP/1.1 200 OK");
}

BOOST_AUTO_TEST_SUITE_END()
