// Who a certificate says its client is.
#include "api/certificate_login.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace gantry;
using namespace std::chrono_literals;
using api::certificate_name;
using api::subject_of;

namespace {

const std::chrono::system_clock::time_point now{24h * 365 * 50};

net::peer_certificate full() {
  net::peer_certificate made;
  made.common_name = "alice";
  made.organisations = {"team-a", "team-b"};
  made.organisational_units = {"builds"};
  made.dns_names = {"a.example", "b.example"};
  made.emails = {"alice@example.com"};
  made.uris = {"spiffe://example.com/alice"};
  made.valid_until = now + 1h;
  return made;
}

using texts = std::vector<std::string>;
constexpr auto per_element = boost::test_tools::per_element();

} // namespace

BOOST_AUTO_TEST_SUITE(certificate_login)

BOOST_AUTO_TEST_CASE(organisations_are_groups_and_other_names_are_claims) {
  const auto who = subject_of(full(), certificate_name::common, now).value();
  BOOST_TEST(!who.anonymous);
  BOOST_TEST(who.user == "alice");
  BOOST_TEST(who.groups == (texts{"team-a", "team-b"}), per_element);
  BOOST_TEST(who.claims.size() == 4u);
  BOOST_TEST(who.claims.at("dns") == (texts{"a.example", "b.example"}), per_element);
  BOOST_TEST(who.claims.at("email") == texts{"alice@example.com"}, per_element);
  BOOST_TEST(who.claims.at("uri") == texts{"spiffe://example.com/alice"}, per_element);
  BOOST_TEST(who.claims.at("ou") == texts{"builds"}, per_element);
}

BOOST_AUTO_TEST_CASE(the_user_is_the_chosen_name) {
  const auto user = [](certificate_name name) { return subject_of(full(), name, now)->user; };
  BOOST_TEST(user(certificate_name::dns) == "a.example");
  BOOST_TEST(user(certificate_name::email) == "alice@example.com");
  BOOST_TEST(user(certificate_name::uri) == "spiffe://example.com/alice");
}

BOOST_AUTO_TEST_CASE(absent_names_make_no_claims) {
  net::peer_certificate bare;
  bare.common_name = "alice";
  bare.valid_until = now;
  const auto who = subject_of(bare, certificate_name::common, now).value();
  BOOST_TEST(who.claims.empty());
  BOOST_TEST(who.groups.empty());
}

BOOST_AUTO_TEST_CASE(a_certificate_without_the_chosen_name_is_no_user) {
  auto shown = full();
  shown.common_name.clear();
  BOOST_TEST(!subject_of(shown, certificate_name::common, now));
  shown = full();
  shown.dns_names.clear();
  BOOST_TEST(!subject_of(shown, certificate_name::dns, now));
  shown.emails.clear();
  BOOST_TEST(!subject_of(shown, certificate_name::email, now));
  shown.uris.clear();
  BOOST_TEST(!subject_of(shown, certificate_name::uri, now));
}

BOOST_AUTO_TEST_CASE(a_bad_name_anywhere_spoils_all_of_them) {
  auto shown = full();
  shown.has_bad_name = true;
  BOOST_TEST(!subject_of(shown, certificate_name::common, now));
}

BOOST_AUTO_TEST_CASE(a_certificate_counts_until_it_expires) {
  BOOST_TEST(subject_of(full(), certificate_name::common, now + 1h).has_value());
  BOOST_TEST(!subject_of(full(), certificate_name::common, now + 1h + 1s));
}

BOOST_AUTO_TEST_SUITE_END()
