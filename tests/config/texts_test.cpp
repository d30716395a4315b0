// Values that are texts of a certain form.
#include "config/texts.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace gantry::config;

namespace {

template <class Read>
void check_refused(Read read, const std::string& text) {
  BOOST_CHECK_EXCEPTION(read(), std::invalid_argument, [&](const std::invalid_argument& wrong) {
    BOOST_TEST(wrong.what() == text);
    return true;
  });
}

constexpr std::array<std::string_view, 3> colours{"green", "red", "yellow"};

} // namespace

BOOST_AUTO_TEST_SUITE(texts)

BOOST_AUTO_TEST_CASE(a_switch_has_several_words) {
  for (const auto* text : {"true", "yes", "on", "1"})
    BOOST_TEST(read_switch(text), text);
  for (const auto* text : {"false", "no", "off", "0"})
    BOOST_TEST(!read_switch(text), text);
  for (const std::string text : {"", "True", "2", "maybe"})
    check_refused([&] { return read_switch(text); },
                  "'" + text + "' is neither true nor false: write one of them");
}

BOOST_AUTO_TEST_CASE(a_choice_says_what_was_probably_meant) {
  BOOST_TEST(read_choice("red", colours) == 1u);
  check_refused([] { return read_choice("yelow", colours); },
                "'yelow' is not one of green,red,yellow; did you mean yellow?");
  check_refused([] { return read_choice("blue", colours); },
                "'blue' is not one of green,red,yellow: write one of them, such as green");
}

BOOST_AUTO_TEST_CASE(a_prefix_starts_but_does_not_end_with_a_slash) {
  BOOST_TEST(read_prefix("/a/b") == "/a/b");
  for (const std::string text : {"", "a", "/", "/a/"})
    check_refused([&] { return read_prefix(text); },
                  "'" + text +
                    "' is not a path that starts with a slash and does not end with one, such as "
                    "/registry");
}

BOOST_AUTO_TEST_CASE(a_field_has_a_name_that_the_server_does_not_set) {
  BOOST_TEST(read_field("X-A: b: c").first == "X-A");
  BOOST_TEST(read_field("X-A: b: c").second == "b: c");
  BOOST_TEST(read_field("X-A: ").second.empty());
  for (const auto* text :
       {"no colon", "X:y", ": x", "A b: c", "Content-length: 5", "DATE: today", "Connection: close",
        "Transfer-Encoding: chunked", "X: a\r\nY: b", "X: a\n"})
    BOOST_CHECK_THROW(read_field(text), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_rule_that_verifies_nothing_is_refused_with_one_that_does) {
  check_refused([] { refuse_unverified("request-client-cert"); },
                "'request-client-cert' verifies nothing, so that any certificate would do: write "
                "verify-client-cert-if-given");
  check_refused([] { refuse_unverified("require-any-client-cert"); },
                "'require-any-client-cert' verifies nothing, so that any certificate would do: "
                "write require-and-verify-client-cert");
  BOOST_CHECK_NO_THROW(refuse_unverified("require-and-verify-client-cert"));
}

BOOST_AUTO_TEST_CASE(only_ascii_letters_become_lower_case) {
  BOOST_TEST(read_lower("Registry.EXAMPLE") == "registry.example");
  BOOST_TEST(read_lower("Ä") == "Ä");
}

BOOST_AUTO_TEST_CASE(a_type_says_what_is_needed) {
  BOOST_TEST(needed_for("SIZE") == "a size, such as 512MiB");
  BOOST_TEST(needed_for("THING") == "a value");
  BOOST_TEST(in_braces(colours) == "{green,red,yellow}");
}

BOOST_AUTO_TEST_SUITE_END()
