// The registry over TLS, as clients meet it.
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

struct tls_registry {
  explicit tls_registry(const std::function<void(app::registry_options&)>& adjust = {})
    : server{[&](app::registry_options& settings) {
        settings.tls.certificates.push_back(add("first", "DNS:localhost,IP:127.0.0.1"));
        if (adjust)
          adjust(settings);
      }} {}

  /// Writes certificate and key for these names.
  net::certificate_files add(const std::string& name, const std::string& names) const {
    const auto made = make_certificate(names);
    return {folder.write(name + ".crt", made.text).string(),
            folder.write(name + ".key", made.key).string()};
  }

  temp_dir folder;
  running_registry server;
};

/// A client whose connection is encrypted.
struct tls_case : tls_registry {
  using tls_registry::tls_registry;

  registry_client client{server};
  tls_layer* layer = &secure(client);
};

struct stored_on_disk : tls_case {
  stored_on_disk()
    : tls_case{[this](auto& settings) { settings.data = (folder.path() / "data").string(); }} {}
};

/// A server that gives handshakes little time.
struct impatient_with_handshakes : tls_registry {
  impatient_with_handshakes()
    : tls_registry{[](auto& settings) { settings.http.head_timeout = 50ms; }} {}
};

/// How many requests the journal has; asked over a connection of its own, whose requests it does
/// not record.
std::size_t recorded(registry_client& client) {
  const auto answer = client.get("/__parlel/requests");
  std::size_t count = 0;
  for (auto at = answer.body.find("\"sequence\""); at != std::string::npos;
       at = answer.body.find("\"sequence\"", at + 1))
    ++count;
  return count;
}

void check_pulls(registry_client& client, const std::string& digest, const std::string& bytes) {
  const auto path = blob_path("a", digest);
  BOOST_TEST((client.get(path).body == bytes));
  BOOST_TEST(client.head(path).header("Content-Length") == std::to_string(bytes.size()));
  const auto some = client.get(path, {{"Range", "bytes=1000000-2999999"}});
  BOOST_TEST(some.status == 206);
  BOOST_TEST((some.body == bytes.substr(1'000'000, 2'000'000)));
  const auto parts = client.get(path, {{"Range", "bytes=0-9,70000-70009"}});
  BOOST_TEST(parts.status == 206);
  BOOST_TEST(parts.body.find(bytes.substr(70'000, 10)) != std::string::npos);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_FIXTURE_TEST_CASE(blobs_of_some_megabytes_come_and_go, tls_case) {
  const auto bytes = noise(5 * megabyte + 17);
  check_pulls(client, client.push_blob("a", bytes), bytes);
}

BOOST_FIXTURE_TEST_CASE(blobs_go_from_the_disk, stored_on_disk) {
  const auto bytes = noise(5 * megabyte + 17);
  check_pulls(client, client.push_blob("a", bytes), bytes);
}

BOOST_FIXTURE_TEST_CASE(chunks_and_images_are_pushed_on_one_connection, tls_case) {
  const auto bytes = noise(3 * megabyte);
  auto at = client.start_upload("a");
  for (std::size_t sent = 0; sent < bytes.size(); sent += megabyte) {
    const auto range = std::to_string(sent) + "-" + std::to_string(sent + megabyte - 1);
    const auto answer =
      client.patch(at, {{"Content-Range", range}}, std::string_view{bytes}.substr(sent, megabyte));
    BOOST_REQUIRE(answer.status == 202);
    at = path_of(answer.header("Location"));
  }
  BOOST_TEST(client.put(with_query(at, "digest=" + sha256(bytes))).status == 201);
  const auto image = client.push_image("b", "1.0", "an image");
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(client.get(manifest_path("b", "1.0")).body == image.bytes);
}

BOOST_FIXTURE_TEST_CASE(a_body_in_chunks_after_100_continue_is_accepted, tls_case) {
  const auto bytes = noise(megabyte);
  client.send_head("POST", with_query(uploads_path("a"), "digest=" + sha256(bytes)),
                   {{"Transfer-Encoding", "chunked"}, {"Expect", "100-continue"}});
  BOOST_TEST(client.receive_any().status == 100);
  client.send(chunked(bytes, 100'000));
  BOOST_TEST(client.receive().status == 201);
}

BOOST_AUTO_TEST_CASE(links_begin_with_https) {
  tls_case tls{[](auto& settings) {
    settings.api.absolute_locations = true;
    settings.api.trusted_proxies = gantry::net::networks{{"127.0.0.1"}};
  }};
  const auto host = "https://" + tls.server.authority();
  BOOST_TEST(tls.client.get("/").body.find("\"api_url\":\"" + host + "/v2\"") != std::string::npos);
  const auto started = tls.client.post(uploads_path("a"));
  BOOST_TEST(started.header("Location").starts_with(host + "/v2/a/blobs/uploads/"));
  const auto seen = tls.client.post(uploads_path("a"), {{"X-Forwarded-Proto", "http"}});
  BOOST_TEST(seen.header("Location").starts_with("http://"));
}

BOOST_FIXTURE_TEST_CASE(http_1_1_is_the_only_protocol, tls_registry) {
  registry_client client{server};
  BOOST_TEST(secure(client, {.protocols = {"h2", "http/1.1"}}).protocol() == "http/1.1");
  BOOST_TEST(client.get("/v2/").status == 200);
  registry_client other{server};
  BOOST_CHECK_THROW(secure(other, {.protocols = {"h2"}}), http_failure);
}

BOOST_FIXTURE_TEST_CASE(versions_before_1_2_are_refused, tls_registry) {
  registry_client old{server};
  BOOST_CHECK_THROW(secure(old, {.newest = TLS1_1_VERSION}), http_failure);
  registry_client client{server};
  const auto& layer = secure(client, {.newest = TLS1_2_VERSION});
  BOOST_TEST(layer.version() == "TLSv1.2");
  BOOST_TEST(layer.cipher() == "ECDHE-ECDSA-AES128-GCM-SHA256");
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_minimum_and_a_choice_of_ciphers_are_kept) {
  tls_registry strict{[](auto& settings) { settings.tls.minimum = net::tls_version::tls1_3; }};
  registry_client old{strict.server};
  BOOST_CHECK_THROW(secure(old, {.newest = TLS1_2_VERSION}), http_failure);
  registry_client recent{strict.server};
  BOOST_TEST(secure(recent).version() == "TLSv1.3");
  tls_registry choosy{
    [](auto& settings) { settings.tls.cipher_suites = {"TLS_AES_256_GCM_SHA384"}; }};
  registry_client client{choosy.server};
  BOOST_TEST(secure(client).cipher() == "TLS_AES_256_GCM_SHA384");
}

BOOST_AUTO_TEST_CASE(the_certificate_is_that_of_the_asked_host) {
  const temp_dir folder;
  const auto add = [&](const std::string& names) {
    const auto made = make_certificate(names);
    const auto file = names.substr(4, 1);
    return net::certificate_files{folder.write(file + ".crt", made.text).string(),
                                  folder.write(file + ".key", made.key).string()};
  };
  tls_registry tls{[&](auto& settings) {
    settings.tls.certificates.push_back(add("DNS:a.example"));
    settings.tls.certificates.push_back(add("DNS:*.b.example"));
  }};
  const auto check = [&](const std::string& asked, const std::string& given) {
    registry_client client{tls.server};
    BOOST_TEST(secure(client, {.host = asked}).is_for(given), asked);
    BOOST_TEST(client.get("/v2/").status == 200);
  };
  check("a.example", "a.example");
  check("x.b.example", "y.b.example");
  check("elsewhere.example", "localhost");
  check("", "localhost");
}

BOOST_FIXTURE_TEST_CASE(a_new_certificate_counts_for_new_connections, tls_case) {
  add("first", "DNS:renewed");
  BOOST_TEST(server.reload_certificates());
  BOOST_TEST(client.get("/v2/").status == 200);
  registry_client later{server};
  BOOST_TEST(secure(later).is_for("renewed"));
  folder.write("first.crt", "no certificate");
  BOOST_TEST(!server.reload_certificates());
  registry_client last{server};
  BOOST_TEST(secure(last).is_for("renewed"));
}

BOOST_FIXTURE_TEST_CASE(sessions_are_resumed_even_after_a_reload, tls_registry) {
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    registry_client first{server};
    const auto& layer = secure(first, {.newest = version});
    BOOST_TEST(!layer.is_resumed());
    BOOST_TEST(first.get("/v2/").status == 200); // in 1.3, tickets come after the handshake
    BOOST_REQUIRE(layer.tickets().size() == 1u);
    add("first", "DNS:renewed");
    BOOST_TEST(server.reload_certificates());
    registry_client second{server};
    BOOST_TEST(
      secure(second, {.newest = version, .resumes = layer.tickets().front()}).is_resumed());
    BOOST_TEST(second.get("/v2/").status == 200);
  }
}

BOOST_FIXTURE_TEST_CASE(a_client_that_resumes_gets_another_ticket, tls_registry) {
  tls_ticket held;
  for (int i = 0; i < 3; ++i) { // in 1.3, clients use each ticket only once
    registry_client client{server};
    auto& layer = secure(client, {.newest = TLS1_3_VERSION, .resumes = held});
    BOOST_TEST(layer.is_resumed() == (i > 0));
    BOOST_TEST(client.get("/v2/").status == 200);
    BOOST_REQUIRE(layer.tickets().size() == 1u);
    held = layer.tickets().front();
    layer.say_goodbye(); // OpenSSL resumes no session that broke
  }
}

BOOST_FIXTURE_TEST_CASE(plain_http_is_told_to_use_tls, tls_registry) {
  registry_client client{server};
  const auto answer = client.get("/v2/");
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.body.find("this port speaks TLS (https)") != std::string::npos);
  BOOST_TEST(client.peer_closes());
}

BOOST_AUTO_TEST_CASE(tls_on_a_plain_port_is_answered_in_http_but_was_no_request) {
  const running_registry server;
  registry_client client{server};
  BOOST_CHECK_THROW(secure(client), http_failure);
  registry_client raw{server};
  raw.send("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03 a hello"s);
  const auto answer = raw.receive(); // containerd falls back to HTTP only if it finds HTTP
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.body.find("this port speaks plain HTTP") != std::string::npos);
  raw.half_close();
  BOOST_TEST(raw.peer_closes());
  registry_client observer{server};
  BOOST_TEST(recorded(observer) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_handshake_that_stalls_is_cut_and_was_no_request,
                        impatient_with_handshakes) {
  registry_client stalled{server};
  stalled.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc"s);
  BOOST_TEST(stalled.peer_closes());
  registry_client client{server};
  secure(client);
  BOOST_TEST(recorded(client) == 0u);
}

BOOST_FIXTURE_TEST_CASE(nonsense_instead_of_a_handshake_was_no_request, tls_case) {
  for (const auto& bytes : {"\x16\x03\x01\x00\x05hello"s, "\x01\x02\x03\x04\x05\x06"s}) {
    registry_client other{server};
    other.send(bytes);
    BOOST_TEST(other.read_until_close().find("HTTP") == std::string::npos);
  }
  BOOST_TEST(recorded(client) == 0u);
}

BOOST_FIXTURE_TEST_CASE(both_ends_say_goodbye, tls_case) {
  BOOST_TEST(client.get("/v2/", {{"Connection", "close"}}).status == 200);
  BOOST_TEST(client.read_until_close().empty());
  BOOST_TEST(layer->has_goodbye());
  registry_client other{server};
  auto& ended = secure(other);
  other.send_head("GET", "/v2/");
  ended.say_goodbye();
  BOOST_TEST(other.receive().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
