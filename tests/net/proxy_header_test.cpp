// Headers of the PROXY protocol, well-formed and hostile.
#include "net/proxy_header.hpp"

#include "support/proxy_header.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

using namespace gantry;
using namespace gantry::test;
using namespace std::string_literals;
using net::proxy_failure;

namespace {

struct outcome {
  boost::system::error_code failure;
  bool is_complete = false;
  std::optional<boost::asio::ip::tcp::endpoint> named = {};
  /// How many bytes were taken.
  std::size_t taken = 0;

  std::string client() const {
    if (!is_complete)
      return "no header";
    return named ? named->address().to_string() + " " + std::to_string(named->port()) : "unnamed";
  }
};

/// Reads in pieces of at most `step` bytes.
outcome read(std::string_view bytes, std::size_t step = 10'000) {
  net::proxy_header_reader reader;
  outcome found;
  while (!reader.is_complete() && !found.failure && found.taken < bytes.size()) {
    const auto space = reader.space();
    const auto piece =
      bytes.substr(found.taken, std::min({step, space.size(), bytes.size() - found.taken}));
    std::memcpy(space.data(), piece.data(), piece.size());
    reader.take(piece.size(), found.failure);
    found.taken += piece.size();
  }
  found.is_complete = reader.is_complete() && !found.failure;
  if (found.is_complete)
    found.named = reader.client();
  return found;
}

void check_failure(std::string_view bytes, proxy_failure why) {
  for (const std::size_t step : {1, 7, 10'000}) {
    const auto found = read(bytes, step);
    BOOST_TEST(found.failure == make_error_code(why));
    BOOST_TEST(!found.is_complete);
  }
}

const std::string v4 = header_for("203.0.113.9", 4711);
const std::string v6 = header_for("2001:db8::9", 4711);

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_header)

BOOST_AUTO_TEST_CASE(addresses_of_tcp_are_the_clients) {
  BOOST_TEST(read(v4).client() == "203.0.113.9 4711");
  BOOST_TEST(read(v6).client() == "2001:db8::9 4711");
}

BOOST_AUTO_TEST_CASE(a_header_is_complete_at_its_last_byte_and_takes_no_more) {
  for (const auto& header : {v4, v6, v4 + field(0x30, "namespace")})
    BOOST_TEST_CONTEXT(header.size()) {
      const auto whole = with_length(header);
      for (const std::size_t step : {1, 2, 3, 15, 16, 17, 10'000}) {
        const auto found = read(whole + "GET / HTTP/1.1", step);
        BOOST_TEST(found.taken == whole.size());
        BOOST_TEST(found.is_complete);
      }
      for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto part = read(std::string_view{whole}.substr(0, size));
        BOOST_TEST(!part.failure);
        BOOST_TEST(!part.is_complete);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_proxy_can_speak_for_itself_or_for_a_client_that_it_does_not_name) {
  BOOST_TEST(read(header(0x20, 0x00, "")).client() == "unnamed");
  BOOST_TEST(read(header(0x20, 0x11, "what it says is ignored")).client() == "unnamed");
  BOOST_TEST(read(header(0x20, 0xFF, "")).client() == "unnamed");
  BOOST_TEST(read(header(0x21, 0x00, "")).client() == "unnamed");
  BOOST_TEST(read(header(0x21, 0x00, "ignored, too")).client() == "unnamed");
  BOOST_TEST(read(header(0x21, 0x31, std::string(216, 'x'))).client() == "unnamed");
}

BOOST_AUTO_TEST_CASE(further_fields_are_passed_over_within_their_bounds) {
  const auto fields = field(0x01, "h2") + field(0x20, std::string(5, '\0')) + field(0xE0, "");
  BOOST_TEST(read(with_length(v4 + fields)).client() == "203.0.113.9 4711");
  check_failure(with_length(v4 + "\x01"), proxy_failure::bad_field);
  check_failure(with_length(v4 + "\x01\0"s), proxy_failure::bad_field);
  check_failure(with_length(v4 + "\x01\0\x01"s), proxy_failure::bad_field);
  check_failure(with_length(v4 + fields + "\x01\xFF\xFFlies"s), proxy_failure::bad_field);
  check_failure(with_length(v6 + "\x01\0\x05four"s), proxy_failure::bad_field);
  check_failure(header(0x21, 0x31, std::string(216, 'x') + "\x01\0\x02!"s),
                proxy_failure::bad_field);
}

BOOST_AUTO_TEST_CASE(a_checksum_is_verified_over_all_bytes) {
  const auto sealed = with_checksum(v4 + field(0x01, "h2"));
  BOOST_TEST(read(sealed).client() == "203.0.113.9 4711");
  BOOST_TEST(read(with_checksum(v6)).client() == "2001:db8::9 4711");
  // Up to the length, other mistakes are found first.
  for (std::size_t at = 16; at < v4.size(); ++at) {
    auto forged = sealed;
    forged[at] = static_cast<char>(forged[at] ^ 1);
    check_failure(forged, proxy_failure::bad_checksum);
  }
  auto wrong = sealed;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  check_failure(wrong, proxy_failure::bad_checksum);
  check_failure(with_length(v4 + field(0x03, "abc")), proxy_failure::bad_field);
  check_failure(with_length(sealed + field(0x03, "abcd")), proxy_failure::bad_field);
}

/// The example of RFC 3720, B.4: 32 bytes of zeros.
BOOST_AUTO_TEST_CASE(the_sum_of_the_tests_is_the_castagnoli_one) {
  BOOST_TEST(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
}

BOOST_AUTO_TEST_CASE(other_versions_and_commands_are_refused) {
  check_failure("PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n", proxy_failure::version_1);
  check_failure("PROXY UNKNOWN\r\n", proxy_failure::version_1);
  check_failure(header(0x11, 0x11, std::string(12, 'x')), proxy_failure::unknown_version);
  check_failure(header(0x31, 0x11, std::string(12, 'x')), proxy_failure::unknown_version);
  check_failure(header(0x22, 0x11, std::string(12, 'x')), proxy_failure::unknown_command);
  check_failure(header(0x2F, 0x00, ""), proxy_failure::unknown_command);
}

BOOST_AUTO_TEST_CASE(families_that_are_not_of_streams_are_refused) {
  for (const int family : {0x01, 0x10, 0x12, 0x20, 0x22, 0x30, 0x32, 0x41, 0xFF})
    check_failure(header(0x21, family, std::string(216, 'x')), proxy_failure::unknown_family);
}

BOOST_AUTO_TEST_CASE(a_length_that_lies_is_refused) {
  check_failure(header(0x21, 0x11, std::string(11, 'x')), proxy_failure::too_short);
  check_failure(header(0x21, 0x11, ""), proxy_failure::too_short);
  check_failure(header(0x21, 0x21, std::string(35, 'x')), proxy_failure::too_short);
  check_failure(header(0x21, 0x21, std::string(12, 'x')), proxy_failure::too_short);
  check_failure(header(0x21, 0x31, std::string(215, 'x')), proxy_failure::too_short);
  check_failure(with_length(v4, 0xFFFF), proxy_failure::too_long);
  check_failure(with_length(v4, 4096 - 16 + 1), proxy_failure::too_long);
  check_failure(header(0x20, 0x00, std::string(4096 - 16 + 1, 'x')), proxy_failure::too_long);
  BOOST_TEST(read(header(0x20, 0x00, std::string(4096 - 16, 'x'))).client() == "unnamed");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_at_the_first_wrong_byte) {
  for (const auto& begin :
       {"GET / HTTP/1.1\r\n"s, "\x16\x03\x01"s, "\r\nx"s, "\0"s, "PROXx"s, "Q"s})
    BOOST_TEST_CONTEXT(begin) {
      check_failure(begin, proxy_failure::no_header);
    }
  BOOST_TEST(!read("PROX").failure); // version 1 is named as such
  BOOST_TEST(!read("\r\n\r\n").failure);
}

BOOST_AUTO_TEST_CASE(messages_say_what_to_change) {
  BOOST_TEST(make_error_code(proxy_failure::version_1).message() ==
             "a trusted proxy must begin with a header of the PROXY protocol, version 2; this one "
             "sends version 1, a text (HAProxy: send-proxy-v2 instead of send-proxy)");
  BOOST_TEST(net::is_proxy_failure(make_error_code(proxy_failure::bad_field)));
  BOOST_TEST(!net::is_proxy_failure({}));
}

BOOST_AUTO_TEST_SUITE_END()
