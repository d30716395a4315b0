// Texts that clients keep.
#include "domain/text_seal.hpp"

#include "base/base64url.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

BOOST_AUTO_TEST_SUITE(text_seal)

namespace {

std::string bytes_of(const std::string& sealed) {
  return gantry::from_base64url(sealed).value();
}

} // namespace

BOOST_AUTO_TEST_CASE(only_the_same_object_reads_what_was_closed) {
  const gantry::text_seal one;
  const gantry::text_seal other;
  for (const std::size_t size : {0, 1, 15, 16, 17, 1000}) {
    const std::string text(size, 'a');
    const auto sealed = one.close(text);
    BOOST_TEST(one.open(sealed).value() == text);
    BOOST_TEST(!other.open(sealed));
  }
  BOOST_TEST(one.close("a") != one.close("a"));
  BOOST_TEST(
    one.close("secret").find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                          "XYZ0123456789-_.") == std::string::npos);
  BOOST_TEST(bytes_of(one.close("secret")).find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_changed_is_not_read) {
  const gantry::text_seal seal;
  const auto bytes = bytes_of(seal.close("team/app"));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    BOOST_TEST(!seal.open(gantry::to_base64url(changed)), "byte " << i);
    BOOST_TEST(!seal.open(gantry::to_base64url(bytes.substr(0, i))), "up to " << i);
  }
  for (const auto* text : {"", "x", "%%%", "team/app"})
    BOOST_TEST(!seal.open(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
