#include "client/stream.hpp"

#include "client/connection.hpp"
#include "client/scripted_answers.hpp"
#include "client/tls.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
namespace client = gantry::client;
using namespace gantry::test;

namespace {

struct outcome {
  /// Empty if all went well.
  std::string failure;
  std::string fault;
  std::string body;
};

/// Two requests to the server, which is expected to be `host`.
outcome ask(const scripted_server& server, const std::string& host,
            const client::tls_settings& settings) {
  asio::io_context context{1};
  client::connection connection{
    context, client::peer{server.endpoint(), host, host, client::make_tls(settings)},
    client::connection_settings{}};
  const client::request get{boost::beast::http::verb::get, "/x"};
  client::response answer;
  client::error_code ec;
  for (int i = 0; i < 2 && !ec; ++i) {
    asio::co_spawn(context, connection.exchange(get, client::body_use::keep, answer, ec),
                   asio::detached);
    context.restart();
    context.run();
  }
  return {ec ? client::name_of(ec) : "", connection.certificate_fault(), answer.body};
}

/// A TLS server for `localhost` and 127.0.0.1, and the file of its certificate.
struct secure_server {
  certificate identity = make_certificate("DNS:localhost,IP:127.0.0.1");
  temp_dir folder;
  std::string file = folder.write("ca.pem", identity.text).string();
  scripted_server server{[](const std::string&) { return ok; }, identity};
};

struct wrong_host {
  const char* name;
  const char* fault;
};

std::ostream& operator<<(std::ostream& out, const wrong_host& host) {
  return out << host.name;
}

const wrong_host wrong_hosts[] = {
  {"registry.example", "hostname mismatch"},
  {"localhost.example", "hostname mismatch"},
  {"127.0.0.2", "IP address mismatch"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_FIXTURE_TEST_CASE(a_name_and_an_address_are_found_in_the_certificate, secure_server) {
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto got = ask(server, host, {file, true});
    BOOST_TEST(got.failure == "", host);
    BOOST_TEST(got.body == "hello");
  }
  BOOST_TEST(server.connections() == 2u);
}

BOOST_FIXTURE_TEST_CASE(the_client_sends_the_host_name_before_the_certificate, secure_server) {
  ask(server, "localhost", {file, true});
  BOOST_TEST(server.server_name() == "localhost");
  ask(server, "127.0.0.1", {file, true});
  BOOST_TEST(server.server_name() == "");
}

BOOST_DATA_TEST_CASE(a_certificate_for_another_host_is_refused, wrong_hosts) {
  const secure_server it;
  const auto got = ask(it.server, sample.name, {it.file, true});
  BOOST_TEST(got.failure == "tls");
  BOOST_TEST(got.fault == sample.fault);
}

BOOST_FIXTURE_TEST_CASE(a_certificate_without_a_trusted_issuer_is_refused, secure_server) {
  const auto got = ask(server, "localhost", {});
  BOOST_TEST(got.failure == "tls");
  BOOST_TEST(got.fault == "self-signed certificate");
}

BOOST_FIXTURE_TEST_CASE(any_certificate_is_accepted_if_none_is_verified, secure_server) {
  const auto got = ask(server, "registry.example", {"", false});
  BOOST_TEST(got.failure == "");
  BOOST_TEST(got.body == "hello");
}

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_a_tls_error) {
  asio::io_context context{1};

  asio::ip::tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  client::connection connection{
    context,
    client::peer{acceptor.local_endpoint(), "localhost", "localhost", client::make_tls({})},
    client::connection_settings{}};
  const client::request get{boost::beast::http::verb::get, "/x"};
  client::response answer;
  client::error_code ec;
  asio::co_spawn(context, connection.exchange(get, client::body_use::keep, answer, ec),
                 asio::detached);
  asio::ip::tcp::socket peer{context};
  acceptor.async_accept(peer, [&](client::error_code) {
    asio::write(peer, asio::buffer(std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}));
  });
  context.run();
  BOOST_TEST(client::name_of(ec) == "tls");
}

BOOST_AUTO_TEST_CASE(a_file_without_certificates_is_refused) {
  const temp_dir folder;
  const auto file = folder.write("ca.pem", "nothing of the kind").string();
  BOOST_CHECK_THROW(client::make_tls({file, true}), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
