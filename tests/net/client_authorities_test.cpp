// Certificates of clients, with OpenSSL as the client on the loopback interface.
#include "net/client_authorities.hpp"

#include "net/tls_transport.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/pem.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using asio::ip::tcp;
using net::client_certificates;
using net::error_code;

namespace {

using clock = net::client_authorities::clock;

/// Both ends of a connection after the handshake.
struct meeting {
  asio::io_context context{1};
  tcp::socket client{context};
  std::unique_ptr<net::tls_transport> server;
  /// Null if the server refused within the handshake.
  std::unique_ptr<tls_layer> layer;
  error_code outcome;

  meeting(const std::shared_ptr<const net::tls_context>& own, const tls_wishes& wishes) {
    tcp::acceptor door{context, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket accepted{context};
    client.connect(door.local_endpoint());
    door.accept(accepted);
    server = std::make_unique<net::tls_transport>(std::move(accepted), own);
    auto met = std::async(std::launch::async, [&]() -> std::unique_ptr<tls_layer> {
      try {
        return std::make_unique<tls_layer>(client.native_handle(), wishes);
      } catch (const http_failure&) {
        return nullptr;
      }
    });
    asio::co_spawn(context, server->open(outcome), [](std::exception_ptr) {});
    context.run();
    layer = met.get();
  }

  ~meeting() {
    if (layer)
      layer->say_goodbye(); // OpenSSL resumes no session that broke
  }
  meeting(const meeting&) = delete;
  meeting& operator=(const meeting&) = delete;

  /// Has the server write something, and reads it.
  void read_answer() {
    error_code ec;
    BOOST_REQUIRE(server->write_ready("x", {}, false, ec) == 1u);
    char space = 0;
    do
      client.wait(tcp::socket::wait_read);
    while (layer->receive(&space, 1) < 0);
    BOOST_TEST(space == 'x');
  }

  std::string user() const {
    const auto* const shown = server->certificate();
    return shown ? shown->common_name : "-";
  }
};

/// A server and its authority.
struct demanding_server {
  temp_dir folder;
  certificate authority = make_authority("clients");
  net::tls_options options;
  clock::time_point now = clock::now();
  std::shared_ptr<net::ticket_keys> tickets = std::make_shared<net::ticket_keys>();
  std::shared_ptr<const net::tls_context> context;

  demanding_server() {
    const auto own = make_certificate("DNS:localhost");
    options.certificates.push_back(
      {folder.write("a.crt", own.text).string(), folder.write("a.key", own.key).string()});
    accept({authority});
  }

  /// From now on, these authorities count.
  void accept(const std::vector<certificate>& authorities,
              client_certificates clients = client_certificates::required) {
    std::string all;
    for (const auto& each : authorities)
      all += each.text;
    options.client_authorities = {folder.write("ca.crt", all).string()};
    options.clients = clients;
    reread();
  }
  void reread() {
    context = std::make_shared<const net::tls_context>(options, tickets, [this] { return now; });
  }

  meeting meet(const certificate& shown, const tls_wishes& wishes = {}) const {
    auto all = wishes;
    all.shows = shown;
    return {context, all};
  }
  void check_refused(const certificate& shown, const std::string& why) const {
    for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const auto met = meet(shown, {.newest = version});
      BOOST_TEST(met.outcome.message() == why);
      BOOST_TEST(met.user() == "-");
    }
  }
  void check_file(const std::string& text, const std::string& why) {
    options.client_authorities = {folder.write("ca.crt", text).string()};
    BOOST_CHECK_EXCEPTION(reread(), std::runtime_error, [&](const auto& failed) {
      BOOST_TEST(std::string{failed.what()} == options.client_authorities.front() + ": " + why);
      return true;
    });
  }
};

certificate alice_of(const certificate& authority, long days = 1) {
  return issue({.subject = {{"O", "team"}, {"CN", "alice"}}, .days = days}, &authority);
}

certificate with_chain(certificate leaf, const std::vector<certificate>& above) {
  for (const auto& each : above)
    leaf.text += each.text;
  return leaf;
}

std::string revocation_list_of(const certificate& issuer) {
  const auto reader = [](const std::string& pem) {
    return openssl_handle<BIO, ::BIO_free_all>{
      ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  };
  const openssl_handle<X509, ::X509_free> own{
    ::PEM_read_bio_X509(reader(issuer.text).get(), nullptr, nullptr, nullptr)};
  const openssl_handle<EVP_PKEY, ::EVP_PKEY_free> key{
    ::PEM_read_bio_PrivateKey(reader(issuer.key).get(), nullptr, nullptr, nullptr)};
  const openssl_handle<X509_CRL, ::X509_CRL_free> list{::X509_CRL_new()};
  ::X509_CRL_set_issuer_name(list.get(), ::X509_get_subject_name(own.get()));
  ::X509_CRL_set1_lastUpdate(list.get(), ::X509_get0_notBefore(own.get()));
  ::X509_CRL_sign(list.get(), key.get(), ::EVP_sha256());
  const openssl_handle<BIO, ::BIO_free_all> out{::BIO_new(::BIO_s_mem())};
  BOOST_REQUIRE(::PEM_write_bio_X509_CRL(out.get(), list.get()) == 1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

const std::string refused = "the client's certificate is refused: ";
const certificate none;

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_authorities, demanding_server)

BOOST_AUTO_TEST_CASE(a_certificate_of_the_authority_is_known) {
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto met = meet(alice_of(authority), {.newest = version});
    BOOST_TEST(met.outcome.message() == "Success");
    BOOST_TEST(met.user() == "alice");
    BOOST_TEST(met.server->certificate()->organisations == std::vector<std::string>{"team"});
    const auto left = met.server->certificate()->valid_until - now;
    BOOST_TEST((left > 23h && left <= 24h));
  }
}

BOOST_AUTO_TEST_CASE(others_are_refused_with_the_reason) {
  const auto other = make_authority("clients"); // by the same name
  check_refused(alice_of(other), refused + "certificate signature failure");
  check_refused(alice_of(make_authority("elsewhere")),
                refused + "unable to get local issuer certificate");
  check_refused(issue({.subject = {{"CN", "alice"}}}), refused + "self-signed certificate");
  check_refused(alice_of(authority, -1), refused + "certificate has expired");
  check_refused(issue({.subject = {{"CN", "alice"}}, .usage = "serverAuth"}, &authority),
                refused + "unsuitable certificate purpose");
  check_refused(none, "the client has no certificate");
}

BOOST_AUTO_TEST_CASE(a_certificate_without_a_usage_is_for_everything) {
  BOOST_TEST(meet(issue({.subject = {{"CN", "alice"}}, .usage = ""}, &authority)).user() ==
             "alice");
}

BOOST_AUTO_TEST_CASE(clients_without_a_certificate_may_be_let_in) {
  accept({authority}, client_certificates::if_given);
  const auto met = meet(none);
  BOOST_TEST(!met.outcome);
  BOOST_TEST(met.user() == "-");
  BOOST_TEST(meet(alice_of(authority)).user() == "alice");
  check_refused(alice_of(make_authority("elsewhere")),
                refused + "unable to get local issuer certificate");
}

BOOST_AUTO_TEST_CASE(a_client_is_not_asked_without_authorities) {
  options.client_authorities.clear();
  reread();
  const auto met = meet(alice_of(authority));
  BOOST_TEST(!met.outcome);
  BOOST_TEST(met.user() == "-");
}

BOOST_AUTO_TEST_CASE(authorities_between_are_sent_by_the_client_and_bounded) {
  std::vector<certificate> chain;
  const certificate* above = &authority;
  for (int i = 0; i < net::client_authorities::max_intermediates + 1; ++i) {
    chain.insert(chain.begin(), make_authority("level " + std::to_string(i), above));
    above = &chain.front();
  }
  const std::vector<certificate> fewer{chain.begin() + 1, chain.end()};
  BOOST_TEST(meet(with_chain(alice_of(fewer.front()), fewer)).user() == "alice");
  check_refused(alice_of(fewer.front()), refused + "unable to get local issuer certificate");
  check_refused(with_chain(alice_of(chain.front()), chain), refused + "certificate chain too long");
  // One that is no authority issues nothing.
  const auto alice = alice_of(authority);
  check_refused(with_chain(issue({.subject = {{"CN", "bob"}}}, &alice), {alice}),
                refused + "invalid CA certificate");
}

BOOST_AUTO_TEST_CASE(an_authority_below_another_can_be_the_trusted_one) {
  const auto below = make_authority("below", &authority);
  accept({below});
  BOOST_TEST(meet(alice_of(below)).user() == "alice");
  BOOST_TEST(meet(alice_of(authority)).user() == "-");
}

BOOST_AUTO_TEST_CASE(a_certificate_lasts_no_longer_than_those_above_it) {
  const auto brief = make_authority("brief", &authority, 1);
  const auto long_lived = make_authority("clients of years", nullptr, 400);
  accept({brief, long_lived});
  const auto met = meet(alice_of(brief, 30));
  BOOST_TEST((met.server->certificate()->valid_until - now <= 24h));
  BOOST_TEST((meet(alice_of(long_lived, 30)).server->certificate()->valid_until - now > 29 * 24h));
}

BOOST_AUTO_TEST_CASE(clients_are_told_which_authorities_count) {
  const auto met = meet(none, {.newest = TLS1_2_VERSION});
  BOOST_TEST(met.outcome.message() == "the client has no certificate");
  accept({authority, make_authority("others")}, client_certificates::if_given);
  const auto other = meet(none, {.newest = TLS1_2_VERSION});
  const auto* const named = ::SSL_get_client_CA_list(other.layer->handle());
  BOOST_REQUIRE(sk_X509_NAME_num(named) == 2);
}

BOOST_AUTO_TEST_CASE(files_of_something_else_are_named) {
  check_file("text", "this file holds no certificate in PEM");
  check_file(authority.key, "this file holds no certificate in PEM");
  check_file(authority.text + alice_of(authority).text,
             "this file holds a certificate that is not one of an authority");
  check_file(authority.text + revocation_list_of(authority),
             "this file holds a revocation list, which would have no effect: remove it");
  options.client_authorities = {(folder.path() / "none.crt").string()};
  BOOST_CHECK_THROW(reread(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(an_authority_that_has_expired_is_used_and_reported) {
  accept({make_authority("old", nullptr, -1)});
  BOOST_REQUIRE(context->complaints().size() == 1u);
  BOOST_TEST(context->complaints().front().starts_with(
    options.client_authorities.front() + ": this authority of clients expired on 20"));
}

/// A ticket of a connection by alice, and what a later one makes of it.
struct resuming_client : demanding_server {
  certificate alice = alice_of(authority);

  tls_ticket ticket(int version, const certificate& shown) const {
    auto met = meet(shown, {.newest = version});
    BOOST_REQUIRE(met.layer);
    met.read_answer(); // in 1.3, tickets come after the handshake
    BOOST_REQUIRE(met.layer->tickets().size() == 1u);
    return met.layer->tickets().front();
  }
  /// Who a client is that resumes and has `shown` at hand for a full handshake; an exclamation mark
  /// if it did resume.
  std::string resumed(int version, const tls_ticket& held, const certificate& shown = none) const {
    const auto met = meet(shown, {.newest = version, .resumes = held});
    return met.user() + (met.layer && met.layer->is_resumed() ? "!" : "");
  }
};

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

BOOST_FIXTURE_TEST_CASE(a_resumed_session_still_names_the_client, resuming_client) {
  for (const auto version : versions) {
    BOOST_TEST(resumed(version, ticket(version, alice)) == "alice!");
    const auto held = ticket(version, alice);
    reread(); // a renewal of certificates
    const auto met = meet(none, {.newest = version, .resumes = held});
    BOOST_REQUIRE(met.user() == "alice");
    BOOST_TEST((met.server->certificate()->valid_until - now > 23h));
  }
}

BOOST_FIXTURE_TEST_CASE(a_ticket_of_a_resumed_session_is_as_good, resuming_client) {
  auto met = meet(none, {.newest = TLS1_3_VERSION, .resumes = ticket(TLS1_3_VERSION, alice)});
  met.read_answer();
  BOOST_REQUIRE(met.layer->tickets().size() == 1u);
  const auto& held = met.layer->tickets().front();
  now += 25h;
  BOOST_TEST(resumed(TLS1_3_VERSION, held) == "-");
  now -= 25h;
  BOOST_TEST(resumed(TLS1_3_VERSION, held) == "alice!");
}

BOOST_FIXTURE_TEST_CASE(a_ticket_of_other_authorities_resumes_nothing, resuming_client) {
  const auto other = make_authority("others");
  for (const auto version : versions) {
    accept({authority});
    const auto held = ticket(version, alice);
    accept({authority, other});
    BOOST_TEST(resumed(version, held, alice) == "alice");
    accept({other});
    BOOST_TEST(resumed(version, held, alice) == "-");
    accept({authority}, client_certificates::if_given);
    BOOST_TEST(resumed(version, held, alice) == "alice");
    BOOST_TEST(resumed(version, held) == "-");
  }
}

BOOST_FIXTURE_TEST_CASE(the_order_of_authorities_makes_no_difference, resuming_client) {
  const auto other = make_authority("others");
  accept({authority, other});
  const auto held = ticket(TLS1_3_VERSION, alice);
  accept({other, authority});
  BOOST_TEST(resumed(TLS1_3_VERSION, held) == "alice!");
}

BOOST_FIXTURE_TEST_CASE(a_ticket_without_a_certificate_never_gets_one, resuming_client) {
  for (const auto version : versions) {
    options.client_authorities.clear();
    reread();
    const auto unasked = ticket(version, none);
    BOOST_TEST(resumed(version, unasked) == "-!");
    accept({authority}, client_certificates::if_given);
    BOOST_TEST(resumed(version, unasked) == "-");
    BOOST_TEST(resumed(version, unasked, alice) == "alice");
    const auto without = ticket(version, none);
    BOOST_TEST(resumed(version, without, alice) == "-!");
    accept({authority});
    BOOST_TEST(resumed(version, unasked) == "-");
    BOOST_TEST(resumed(version, without) == "-");
    BOOST_TEST(resumed(version, without, alice) == "alice");
  }
}

BOOST_FIXTURE_TEST_CASE(a_session_does_not_outlive_its_certificate, resuming_client) {
  for (const auto version : versions) {
    const auto held = ticket(version, alice);
    now += 25h;
    BOOST_TEST(resumed(version, held) == "-");
    BOOST_TEST(resumed(version, held, alice) == "-");
    now -= 25h;
    BOOST_TEST(resumed(version, held) == "alice!");
  }
}

BOOST_FIXTURE_TEST_CASE(a_renewed_certificate_takes_the_place_of_an_expired_session,
                        resuming_client) {
  authority = make_authority("lasting", nullptr, 400);
  accept({authority});
  alice = alice_of(authority);
  for (const auto version : versions) {
    const auto held = ticket(version, alice);
    now += 25h;
    BOOST_TEST(resumed(version, held, alice_of(authority, 30)) == "alice");
    now -= 25h;
  }
}

BOOST_FIXTURE_TEST_CASE(a_session_does_not_outlive_an_authority_between, resuming_client) {
  authority = make_authority("lasting", nullptr, 400);
  accept({authority});
  const auto below = make_authority("below", &authority, 1);
  const auto lasting = with_chain(alice_of(below, 30), {below});
  for (const auto version : versions) {
    const auto held = ticket(version, lasting);
    BOOST_TEST(resumed(version, held) == "alice!");
    now += 25h;
    BOOST_TEST(resumed(version, held) == "-");
    now -= 25h;
  }
}

BOOST_AUTO_TEST_SUITE_END()
