// Proxies that say in a header of the PROXY protocol where a client is, over raw sockets.
#include "e2e/alice.hpp"
#include "e2e/log_columns.hpp"
#include "support/proxy_header.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using adjuster = std::function<void(app::registry_options&)>;

/// A registry that believes headers of 127.0.0.1, unless `adjust` changes that.
struct announced_registry {
  temp_dir folder;
  std::filesystem::path access = folder.path() / "access.log";
  std::filesystem::path audit = folder.path() / "audit.log";
  running_registry server;

  explicit announced_registry(const adjuster& adjust = {})
    : server{[&, this](app::registry_options& settings) {
        trust(settings, {"127.0.0.1"});
        settings.http.proxy_protocol = true;
        settings.log = telemetry::log_format::json;
        settings.log_file = access.string();
        settings.audit_file = audit.string();
        if (adjust)
          adjust(settings);
      }} {}

  static void trust(app::registry_options& settings, const std::vector<std::string>& proxies) {
    settings.api.trusted_proxies = net::networks{proxies};
    settings.http.trusted_proxies = net::networks{proxies};
  }

  /// A connection by the proxy, which sends this first.
  registry_client through(const std::string& bytes) const {
    registry_client client{server};
    client.send(bytes);
    return client;
  }
  registry_client of(const std::string& address) const { return through(header_for(address)); }
  /// That the server answers nothing, and closes.
  void check_closed(const std::string& bytes) const {
    registry_client client{server};
    client.send(bytes);
    BOOST_TEST(client.read_until_close().empty());
  }
};

void speak_tls(app::registry_options& settings, const temp_dir& folder) {
  const auto own = make_certificate("DNS:localhost");
  settings.tls.certificates.push_back(
    {folder.write("a.crt", own.text).string(), folder.write("a.key", own.key).string()});
}

/// Whether the client may steer the registry as a test double.
bool may_steer(registry_client& client, const header_list& fields = {}) {
  return client.get("/__parlel/faults", fields).status == 200;
}

const std::string garbage{"\r\n\r\n\0\r\nQUIT\n", 12};

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_protocol)

BOOST_AUTO_TEST_CASE(the_address_in_the_header_is_the_clients_everywhere) {
  announced_registry at{[](auto& settings) { settings.api.steered_by = api::control::any; }};
  auto first = at.through(header_for("203.0.113.9", 4711));
  first.post(uploads_path("a"));
  auto second = at.through(header_for("2001:db8::9", 4712));
  second.post(uploads_path("a"));
  const texts clients{"203.0.113.9:4711", "[2001:db8::9]:4712"};
  auto proxy = at.through(header(0x20, 0x00, ""));
  BOOST_TEST(eventually([&] { // soon after the answers
    const auto recorded = proxy.get("/__parlel/requests").body;
    return std::ranges::all_of(clients, [&recorded](const std::string& client) {
      return recorded.find(client) != std::string::npos;
    });
  }));
  for (auto* each : {&first, &second, &proxy})
    each->close();
  at.server.stop();
  // In any order, because two threads have served them.
  const auto logged = column(at.access, "remote");
  for (const auto& client : clients)
    BOOST_TEST(std::ranges::count(logged, client) == 1, client);
  auto audited = column(at.audit, "remote");
  std::ranges::sort(audited);
  BOOST_TEST(audited == clients, per_element);
}

BOOST_AUTO_TEST_CASE(a_header_precedes_tls) {
  temp_dir folder;
  announced_registry at{[&](auto& settings) { speak_tls(settings, folder); }};
  auto client = at.through(header_for("203.0.113.9", 4711));
  secure(client);
  const auto image = client.push_image("a", "1", "an image");
  BOOST_TEST(client.get(manifest_path("a", "1")).body == image.bytes);
  auto plain = at.of("203.0.113.9");
  BOOST_TEST(plain.get("/v2/").status == 400); // as without a proxy
  registry_client without{at.server};
  BOOST_CHECK_THROW(secure(without), http_failure);
  // Within TLS a header is what any client could send.
  registry_client inside{at.server};
  inside.send(header_for("203.0.113.9"));
  secure(inside);
  inside.send(header_for("198.51.100.7"));
  BOOST_TEST(inside.receive().status == 400);
  for (auto* each : {&client, &plain, &inside})
    each->close();
  at.server.stop();
  for (const auto& remote : column(at.access, "remote"))
    BOOST_TEST(remote.starts_with("203.0.113.9:"));
}

BOOST_AUTO_TEST_CASE(a_header_may_come_in_many_packets_and_with_the_request) {
  announced_registry at;
  const auto sealed = with_checksum(header_for("203.0.113.9", 4711) + field(0x05, "id"));
  registry_client slow{at.server};
  const int on = 1;
  ::setsockopt(slow.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (const char byte : sealed)
    slow.send({&byte, 1});
  BOOST_TEST(slow.get("/v2/").status == 200);
  BOOST_TEST(slow.get("/v2/").status == 200); // one header per connection
  registry_client at_once{at.server};
  at_once.send(sealed + "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(at_once.receive().status == 200);
  slow.close();
  at_once.close();
  at.server.stop();
  BOOST_TEST(column(at.access, "remote") == texts(3, "203.0.113.9:4711"), per_element);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_checks_health_is_itself) {
  announced_registry at;
  auto check = at.through(header(0x20, 0x00, ""));
  BOOST_TEST(check.get("/readyz").status == 200);
  { const registry_client silent{at.server}; } // connects and leaves
  check.close();
  at.server.stop();
  const auto clients = column(at.access, "remote");
  BOOST_REQUIRE(clients.size() == 1u);
  BOOST_TEST(clients.front().starts_with("127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(a_trusted_proxy_must_begin_with_a_header) {
  announced_registry at;
  const auto v4 = header_for("203.0.113.9");
  const std::string request = "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const auto& hostile :
       {request, "PROXY TCP4 203.0.113.9 127.0.0.1 4711 443\r\n" + request,
        header(0x11, 0x11, std::string(12, 'x')) + request,
        header(0x22, 0x11, std::string(12, 'x')) + request,
        header(0x21, 0x21, std::string(12, 'x')) + request,
        header(0x21, 0x12, std::string(12, 'x')) + request, header(0x21, 0x11, "short") + request,
        with_length(v4, 0xFFFF) + std::string(70'000, 'x'),
        with_length(v4 + std::string("\x01\xFF\xFF", 3)) + request,
        with_length(v4 + field(0x03, "sum!")) + request})
    at.check_closed(hostile);
  registry_client truncated{at.server};
  truncated.send(v4.substr(0, v4.size() - 1));
  truncated.half_close();
  BOOST_TEST(truncated.read_until_close().empty());
  auto client = at.of("203.0.113.9");
  BOOST_TEST(client.get("/v2/").status == 200);
  client.close();
  at.server.stop();
  BOOST_TEST(column(at.access, "remote").size() == 1u); // none of the others was a request
}

BOOST_AUTO_TEST_CASE(a_second_header_is_garbage) {
  announced_registry at;
  auto client = at.through(header_for("203.0.113.9") + header_for("198.51.100.7"));
  BOOST_TEST(client.receive().status == 400);
  auto later = at.of("203.0.113.9");
  BOOST_TEST(later.get("/v2/").status == 200);
  later.send(header_for("198.51.100.7"));
  BOOST_TEST(later.receive().status == 400);
}

BOOST_AUTO_TEST_CASE(a_header_of_others_is_garbage_and_they_need_none) {
  announced_registry at{
    [](auto& settings) { announced_registry::trust(settings, {"10.0.0.0/8"}); }};
  registry_client client{at.server};
  BOOST_TEST(client.get("/v2/").status == 200);
  auto liar = at.of("203.0.113.9");
  BOOST_TEST(liar.receive().status == 400);
  auto early = at.through(header_for("203.0.113.9") + "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(early.receive().status == 400);
  temp_dir folder;
  announced_registry encrypted{[&](auto& settings) {
    announced_registry::trust(settings, {"10.0.0.0/8"});
    speak_tls(settings, folder);
  }};
  auto other = encrypted.of("203.0.113.9");
  BOOST_CHECK_THROW(secure(other), http_failure);
  for (auto* each : {&client, &liar, &early})
    each->close();
  at.server.stop();
  for (const auto& remote : column(at.access, "remote"))
    BOOST_TEST(remote.starts_with("127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(without_the_setting_a_header_is_garbage) {
  announced_registry at{[](auto& settings) { settings.http.proxy_protocol = false; }};
  auto client = at.of("203.0.113.9");
  BOOST_TEST(client.receive().status == 400);
  registry_client direct{at.server};
  BOOST_TEST(direct.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_header_that_does_not_end_costs_the_connection) {
  announced_registry at{[](auto& settings) { settings.http.head_timeout = 50ms; }};
  auto stalled = at.through(header_for("203.0.113.9").substr(0, 20));
  BOOST_TEST(stalled.peer_closes());
  auto begun = at.through(garbage.substr(0, 4));
  BOOST_TEST(begun.peer_closes());
}

BOOST_AUTO_TEST_CASE(a_proxy_that_waits_for_its_client_is_idle) {
  temp_dir folder;
  announced_registry at{[&](auto& settings) {
    speak_tls(settings, folder);
    settings.threads = 1; // so that they are accepted in their order
    settings.http.max_connections = 1;
    settings.http.head_timeout = 1h;
    settings.http.idle_timeout = 1h;
  }};
  auto waiting = at.of("203.0.113.9"); // a handshake that had begun could not be spared
  auto next = at.of("203.0.113.10");
  secure(next);
  BOOST_TEST(waiting.peer_closes());
  BOOST_TEST(next.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(limits_are_of_the_client) {
  announced_registry at{[](auto& settings) {
    settings.http.max_connections_per_address = 1;
    settings.api.rates.push_back(gantry::limits::parse_rate_rule("address=2/h"));
  }};
  auto first = at.of("203.0.113.9");
  BOOST_TEST(first.get("/v2/").status == 200);
  auto second = at.of("203.0.113.9");
  BOOST_TEST(second.peer_closes());
  auto other = at.of("203.0.113.10");
  BOOST_TEST(other.get("/v2/").status == 200);
  BOOST_TEST(first.get("/v2/").status == 200);
  BOOST_TEST(first.get("/v2/").status == 429);
  BOOST_TEST(other.get("/v2/").status == 200);
  first.close();
  BOOST_TEST(eventually([&] { // its place is free again soon
    auto again = at.of("203.0.113.9");
    try {
      return again.get("/v2/").status == 429;
    } catch (const http_failure&) {
      return false;
    }
  }));
  auto one = at.through(header(0x20, 0x00, ""));
  auto two = at.through(header(0x20, 0x00, "")); // the proxy itself has no such limit
  BOOST_TEST(one.get("/health").status == 200);
  BOOST_TEST(two.get("/health").status == 200);
}

BOOST_AUTO_TEST_CASE(wrong_passwords_are_counted_for_the_client) {
  temp_dir folder;
  const auto users = folder.write("htpasswd", alice_line());
  announced_registry at{[&](auto& settings) { settings.htpasswd = users.string(); }};
  auto guesser = at.of("203.0.113.9");
  for (int i = 0; i < 6; ++i)
    guesser.get("/v2/", wrong);
  BOOST_TEST(guesser.get("/v2/", wrong).status == 429);
  auto other = at.of("203.0.113.10");
  BOOST_TEST(other.get("/v2/", right).status == 200);
}

BOOST_AUTO_TEST_CASE(no_client_of_a_proxy_is_on_this_machine) {
  announced_registry at{[](auto& settings) { settings.api.steered_by = api::control::loopback; }};
  for (const auto& bytes :
       {header_for("127.0.0.1"), header_for("127.1.2.3"), header_for("::1"),
        header_for("::ffff:127.0.0.1"), header_for("203.0.113.9"), header(0x20, 0x00, ""),
        header(0x21, 0x00, ""), header(0x21, 0x31, std::string(216, '\0'))}) {
    auto client = at.through(bytes);
    BOOST_TEST(!may_steer(client));
    BOOST_TEST(!may_steer(client, {{"X-Forwarded-For", "127.0.0.1"}}));
    BOOST_TEST(!may_steer(client, {{"Forwarded", "for=127.0.0.1"}}));
  }
  announced_registry elsewhere{[](auto& settings) {
    announced_registry::trust(settings, {"10.0.0.0/8"});
    settings.api.steered_by = api::control::loopback;
  }};
  registry_client direct{elsewhere.server};
  BOOST_TEST(may_steer(direct));
}

BOOST_AUTO_TEST_CASE(fields_are_believed_of_proxies_behind_the_proxy_and_of_no_others) {
  announced_registry at{[](auto& settings) {
    announced_registry::trust(settings, {"127.0.0.1", "10.0.0.0/8"});
  }};
  const header_list fields{{"X-Forwarded-For", "198.51.100.7"}};
  auto client = at.through(header_for("203.0.113.9", 4711));
  client.get("/v2/", fields);
  auto inner = at.of("10.1.2.3");
  inner.get("/v2/", fields);
  auto unnamed = at.through(header(0x21, 0x00, ""));
  unnamed.get("/v2/", fields);
  auto loopback = at.of("127.0.0.1");
  loopback.get("/v2/", fields);
  auto own = at.through(header(0x20, 0x00, ""));
  own.get("/v2/", fields);
  for (auto* each : {&client, &inner, &unnamed, &loopback, &own})
    each->close();
  at.server.stop();
  // A line is written after its answer, so those of several connections come in any order.
  auto clients = column(at.access, "remote");
  std::ranges::sort(clients);
  BOOST_REQUIRE(clients.size() == 5u);
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(clients[i].starts_with("127.0.0.1:"));
  BOOST_TEST(clients[3] == "198.51.100.7");
  BOOST_TEST(clients[4] == "203.0.113.9:4711");
}

BOOST_AUTO_TEST_CASE(a_socket_in_the_file_system_has_headers_if_it_is_trusted) {
  temp_dir folder;
  const auto ask = [&](const std::string& file, const std::string& bytes) {
    asio::io_context context;
    asio::local::stream_protocol::socket socket{context};
    socket.connect(asio::local::stream_protocol::endpoint{file});
    asio::write(socket, asio::buffer(bytes + "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n"));
    std::string answer;
    boost::system::error_code ended;
    asio::read_until(socket, asio::dynamic_buffer(answer), "\r\n", ended);
    return answer.substr(0, answer.find('\r'));
  };
  for (const auto& [trusted, with, without] :
       {std::tuple{"unix", "HTTP/1.1 200 OK", ""},
        std::tuple{"127.0.0.1", "HTTP/1.1 400 Bad Request", "HTTP/1.1 200 OK"}}) {
    const auto file = (folder.path() / trusted).string();
    announced_registry at{[&, name = std::string{trusted}](auto& settings) {
      announced_registry::trust(settings, {name});
      settings.addresses = {"unix:" + file};
    }};
    BOOST_TEST(ask(file, header_for("203.0.113.9", 4711)) == with);
    BOOST_TEST(ask(file, "") == without);
    at.server.stop();
    const auto clients = column(at.access, "remote");
    BOOST_TEST(clients.front() ==
               (std::string{with}.ends_with("OK") ? "203.0.113.9:4711" : "unix"));
  }
}

BOOST_AUTO_TEST_CASE(the_address_of_metrics_has_no_headers) {
  announced_registry at{[](auto& settings) { settings.debug_address = "127.0.0.1:0"; }};
  http_connection scraper{at.server.debug_port()};
  BOOST_TEST(scraper.request("GET", "/metrics").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
