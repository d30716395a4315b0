// Names in certificates, well-formed and hostile.
#include "net/peer_certificate.hpp"

#include "base/openssl_handle.hpp"
#include "support/test_certificate.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/pem.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

using x509 = openssl_handle<X509, ::X509_free>;
using texts = std::vector<std::string>;
constexpr auto per_element = boost::test_tools::per_element();

x509 parse(const certificate& made) {
  const openssl_handle<BIO, ::BIO_free_all> memory{
    ::BIO_new_mem_buf(made.text.data(), static_cast<int>(made.text.size()))};
  return x509{::PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
}

net::peer_certificate read(const certificate_wishes& wishes) {
  return net::read_certificate(parse(issue(wishes)).get());
}

} // namespace

BOOST_AUTO_TEST_SUITE(peer_certificate)

BOOST_AUTO_TEST_CASE(all_names_are_read_in_their_order) {
  const auto known =
    read({.subject = {{"O", "team-a"}, {"O", "team-b"}, {"OU", "builds"}, {"CN", "alice"}},
          .names = {{"DNS", "a.example"},
                    {"email", "alice@example.com"},
                    {"URI", "spiffe://example.com/alice"},
                    {"DNS", "b.example"}}});
  BOOST_TEST(known.common_name == "alice");
  BOOST_TEST(known.organisations == (texts{"team-a", "team-b"}), per_element);
  BOOST_TEST(known.organisational_units == texts{"builds"}, per_element);
  BOOST_TEST(known.dns_names == (texts{"a.example", "b.example"}), per_element);
  BOOST_TEST(known.emails == texts{"alice@example.com"}, per_element);
  BOOST_TEST(known.uris == texts{"spiffe://example.com/alice"}, per_element);
  BOOST_TEST(!known.has_bad_name);
}

BOOST_AUTO_TEST_CASE(absent_names_are_empty) {
  const auto known = read({});
  BOOST_TEST(known.common_name.empty());
  BOOST_TEST(known.organisations.empty());
  BOOST_TEST(known.dns_names.empty());
  BOOST_TEST(!known.has_bad_name);
}

BOOST_AUTO_TEST_CASE(the_most_specific_common_name_counts) {
  BOOST_TEST(read({.subject = {{"CN", "Users"}, {"CN", "alice"}}}).common_name == "alice");
}

BOOST_AUTO_TEST_CASE(letters_of_all_scripts_are_allowed_in_the_subject) {
  const auto known = read({.subject = {{"O", "Größe"}, {"CN", "Ärger Müller"}}});
  BOOST_TEST(known.common_name == "Ärger Müller");
  BOOST_TEST(known.organisations == texts{"Größe"}, per_element);
  BOOST_TEST(!known.has_bad_name);
}

BOOST_AUTO_TEST_CASE(a_name_that_hides_something_is_left_out_and_noted) {
  const texts hostile{std::string{"root\0.example", 13},
                      "root\nevil",
                      "root\x1b[31m",
                      "root\x7f",
                      "root\xC2\x85next",
                      std::string(256, 'a')};
  for (const auto& name : hostile)
    BOOST_TEST_CONTEXT(name) {
      const auto common = read({.subject = {{"CN", name}}});
      BOOST_TEST(common.has_bad_name);
      BOOST_TEST(common.common_name.empty());
      const auto group = read({.subject = {{"O", name}, {"CN", "alice"}}});
      BOOST_TEST(group.has_bad_name);
      BOOST_TEST(group.organisations.empty());
      for (const auto* kind : {"DNS", "email", "URI"}) {
        const auto other = read({.names = {{kind, name}}});
        BOOST_TEST(other.has_bad_name, kind);
        BOOST_TEST((other.dns_names.empty() && other.emails.empty() && other.uris.empty()));
      }
    }
  BOOST_TEST(read({.names = {{"DNS", "\xC3\xA4.example"}}}).has_bad_name);
}

BOOST_AUTO_TEST_CASE(a_name_of_255_bytes_is_allowed) {
  const auto known = read({.subject = {{"CN", std::string(255, 'a')}}});
  BOOST_TEST(known.common_name == std::string(255, 'a'));
  BOOST_TEST(!known.has_bad_name);
}

BOOST_AUTO_TEST_CASE(numbers_for_logs_are_in_hexadecimal_digits) {
  const auto first = read({});
  const auto second = read({});
  for (const auto& text : {first.serial, first.fingerprint})
    BOOST_TEST(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  BOOST_TEST(first.fingerprint.size() == 64u);
  BOOST_TEST(!first.serial.empty());
  BOOST_TEST(first.serial != second.serial);
  BOOST_TEST(first.fingerprint != second.fingerprint);
}

BOOST_AUTO_TEST_CASE(times_are_in_utc) {
  const openssl_handle<ASN1_TIME, ::ASN1_TIME_free> time{::ASN1_TIME_new()};
  BOOST_REQUIRE(::ASN1_TIME_set_string(time.get(), "20380119031407Z") == 1);
  BOOST_TEST((net::time_of(time.get()) == std::chrono::system_clock::from_time_t(0x7fffffff)));
}

BOOST_AUTO_TEST_SUITE_END()
