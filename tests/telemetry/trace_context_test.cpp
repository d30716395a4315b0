// traceparent and tracestate, with the cases of W3C's Trace Context and of its test suite.
#include "telemetry/trace_context.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>

using namespace gantry::telemetry;

namespace {

constexpr auto trace_hex = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr auto span_hex = "00f067aa0ba902b7";
const std::string parent = std::string{"00-"} + trace_hex + "-" + span_hex + "-01";

const char* const malformed[] = {
  "",
  "00",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
  " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  // Zeros are no names.
  "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
  // Upper case, and what is no hex at all, in each part.
  "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
  "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  "00-.bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-.0f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-.1",
  // Parts of other lengths.
  "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01xx",
  "00-4bf92f3577b34da6a3ce929d0e0e47360-00f067aa0ba902b-01",
  "000-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
  "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
  // A version that is forbidden, and a later one whose further part has no dash in front.
  "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later",
  "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.later",
};

} // namespace

BOOST_AUTO_TEST_SUITE(trace_context)

BOOST_AUTO_TEST_CASE(a_parent_names_trace_and_span) {
  const auto read = parse_traceparent(parent);
  BOOST_REQUIRE(read);
  BOOST_TEST(read->trace.to_hex() == trace_hex);
  BOOST_TEST(read->span.to_hex() == span_hex);
  BOOST_TEST(read->is_sampled);
}

BOOST_AUTO_TEST_CASE(only_the_last_flag_means_sampled) {
  const auto with = [](std::string_view flags) {
    return parse_traceparent(parent.substr(0, 53).append(flags));
  };
  BOOST_TEST(!with("00")->is_sampled);
  BOOST_TEST(!with("fe")->is_sampled);
  BOOST_TEST(with("03")->is_sampled);
  BOOST_TEST(with("ff")->is_sampled);
}

BOOST_AUTO_TEST_CASE(a_later_version_may_have_more_parts) {
  for (const auto* more : {"", "-", "-what-the-future-will-be"}) {
    const auto read = parse_traceparent("cc" + parent.substr(2) + more);
    BOOST_REQUIRE(read);
    BOOST_CHECK(*read == *parse_traceparent(parent));
  }
}

BOOST_DATA_TEST_CASE(a_malformed_parent_is_none, malformed, text) {
  BOOST_TEST(!parse_traceparent(text));
}

BOOST_AUTO_TEST_CASE(zeros_have_no_hex) {
  BOOST_TEST(trace_id{}.to_hex() == "");
  BOOST_TEST(!span_id{});
}

BOOST_AUTO_TEST_CASE(names_are_not_repeated) {
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) {
    BOOST_TEST(made.insert(make_trace_id().to_hex()).second);
    BOOST_TEST(made.insert(make_span_id().to_hex()).second);
  }
}

BOOST_AUTO_TEST_CASE(a_state_keeps_its_order_and_loses_its_blanks) {
  BOOST_TEST(parse_tracestate("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE") ==
             "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  BOOST_TEST(parse_tracestate(" a=1 ,\t, b=2,") == "a=1,b=2");
  BOOST_TEST(parse_tracestate("a=1 2") == "a=1 2");
  BOOST_TEST(parse_tracestate("0tenant@sys-_*/=v") == "0tenant@sys-_*/=v");
  BOOST_TEST(parse_tracestate("a-_*/0=~!") == "a-_*/0=~!");
  BOOST_TEST(parse_tracestate("") == "");
}

BOOST_AUTO_TEST_CASE(a_malformed_state_is_dropped) {
  const std::string long_key(257, 'z');
  const std::string tenant(242, 't');
  for (const std::string& text :
       {std::string{"a"}, std::string{"=1"}, std::string{"a="}, std::string{"a=1=2"},
        std::string{"A=1"}, std::string{"0=1"}, std::string{"a b=1"}, std::string{"a=\x7f"},
        std::string{"a=1,a=2"}, std::string{"a=1,b"}, std::string{"@s=1"}, std::string{"t@=1"},
        std::string{"t@0s=1"}, std::string{"t@s@s=1"}, std::string{"t@system_is_too_l=1"},
        std::string{"a=\xc3\xa4"}, long_key + "=1", tenant + "@s=1", "a=" + std::string(257, 'v')})
    BOOST_TEST(parse_tracestate(text) == "", text);
}

BOOST_AUTO_TEST_CASE(a_state_has_at_most_32_members) {
  std::string text = "k=v";
  for (int i = 1; i < 32; ++i)
    text += ",k" + std::to_string(i) + "=v";
  BOOST_TEST(parse_tracestate(text) == text);
  BOOST_TEST(parse_tracestate(text + ",k32=v") == "");
}

BOOST_AUTO_TEST_CASE(a_long_state_loses_long_members_before_the_last_ones) {
  const std::string small(100, 's');
  const std::string large(200, 'l');
  const auto text = "a=" + small + ",b=" + large + ",c=" + small + ",d=" + small + ",e=" + small;
  BOOST_TEST(parse_tracestate(text) ==
             "a=" + small + ",c=" + small + ",d=" + small + ",e=" + small);
  const auto more = text + ",f=" + small;
  const auto kept = parse_tracestate(more);
  BOOST_TEST(kept == "a=" + small + ",c=" + small + ",d=" + small + ",e=" + small);
  BOOST_TEST(kept.size() <= max_trace_state);
}

BOOST_AUTO_TEST_CASE(a_state_of_exactly_512_bytes_is_kept) {
  const std::string member(124, 'm');
  auto text = "aaa=" + member + ",bb=" + member + ",cc=" + member + ",dd=" + member;
  BOOST_TEST_REQUIRE(text.size() == max_trace_state);
  BOOST_TEST(parse_tracestate(text) == text);
}

BOOST_AUTO_TEST_SUITE_END()
