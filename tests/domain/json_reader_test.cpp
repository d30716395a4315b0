// JSON as a stream of events.
#include "domain/json_reader.hpp"

#include "support/colliding_names.hpp"
#include "support/counting_memory.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>

using gantry::errc;
using gantry::json_container;
using gantry::json_scalar;
using gantry::read_json;

namespace {

constexpr std::size_t depth = 8;

/// Records the events.
class listener final : public gantry::json_events {
public:
  std::string told;
  std::size_t events = 0;

  void on_begin(json_container kind) override { tell(kind == json_container::object ? "{" : "["); }
  void on_end(json_container kind) override { tell(kind == json_container::object ? "}" : "]"); }
  void on_member(std::string_view name) override { tell("." + std::string{name}); }
  void on_scalar(const json_scalar& value) override {
    tell(std::visit([](auto alternative) { return print(alternative); }, value));
  }

private:
  template <class T>
  static std::string print(T value) {
    if constexpr (std::is_same_v<T, std::monostate>)
      return "null";
    else if constexpr (std::is_same_v<T, bool>)
      return value ? "true" : "false";
    else if constexpr (std::is_same_v<T, std::string_view>)
      return "'" + std::string{value} + "'";
    else if constexpr (std::is_same_v<T, std::uint64_t>)
      return std::to_string(value) + "u";
    else
      return std::to_string(value);
  }

  void tell(const std::string& what) {
    told += what + ' ';
    ++events;
  }
};

/// Counts events of texts that are too large to record.
class counter final : public gantry::json_events {
public:
  std::size_t members = 0;

  void on_begin(json_container) override {}
  void on_end(json_container) override {}
  void on_member(std::string_view) override { ++members; }
  void on_scalar(const json_scalar&) override {}
};

std::string hear(std::string_view text) {
  listener heard;
  const auto read = read_json(text, depth, heard);
  return read ? heard.told : read.error().detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_reader)

BOOST_AUTO_TEST_CASE(events_come_in_document_order) {
  BOOST_TEST(hear(R"({"a":[1,-2,18446744073709551615,0.5],"b":{"c":null,"d":true},"":"x"})") ==
             "{ .a [ 1 -2 18446744073709551615u 0.500000 ] .b { .c null .d true } . 'x' } ");
  BOOST_TEST(hear(" 7 ") == "7 ");
}

BOOST_AUTO_TEST_CASE(texts_with_escapes_come_in_one_piece) {
  const std::string filler(5000, 'x');
  BOOST_TEST(hear(R"({"\u0061\n)" + filler + R"(\u00e4":"\ud83d\ude00)" + filler + R"(\\"})") ==
             "{ .a\n" + filler + "ä '😀" + filler + "\\' } ");
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
  for (const std::string_view text :
       {"", " ", "{", "{}{}", "[1,]", "{\"a\":1,}", "nul", "\"\xFF\"", "\"\\ud800\"",
        "[[[[[[[[[1]]]]]]]]]", "1e", "{1:2}", "// comment\n1", "\"a\nb\"", "NaN"}) {
    counter heard;
    const auto read = read_json(text, depth, heard);
    BOOST_TEST_CONTEXT("text " << text) {
      BOOST_REQUIRE(read.has_error());
      BOOST_TEST(read.error().code == errc::manifest_invalid);
      BOOST_TEST(read.error().detail.starts_with("not valid JSON: "));
    }
  }
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_the_same_events) {
  for (const std::string_view text :
       {R"({"a":[1,-2.5e3,true],"b\u00e4":{"c":null,"d":"x\ny\ud83d\ude00ä"},"":"x"} )",
        R"({"a":1,"a":2})", R"({"a":nul})", R"({"a":1}})", "", "12"}) {
    for (std::size_t size = 1; size <= text.size(); ++size) {
      listener heard;
      gantry::json_reader reader{depth, heard};
      for (std::size_t at = 0; at < text.size(); at += size)
        reader.write(text.substr(at, size));
      const auto read = reader.finish();
      if ((read ? heard.told : read.error().detail) != hear(text))
        BOOST_ERROR("in pieces of " << size << ": " << text << " says " << heard.told);
    }
  }
}

// case 134
BOOST_AUTO_TEST_CASE(a_duplicate_name_ends_parsing) {
  listener heard;
  const auto read = read_json(R"({"a":1,"b":{"a":2,"\u0061":3},"c":4})", depth, heard);
  BOOST_TEST(read.error().detail == "duplicate keys");
  BOOST_TEST(heard.told == "{ .a 1 .b { .a 2 ");
}

BOOST_AUTO_TEST_CASE(half_a_million_members_take_bounded_memory) {
  std::string text = "{\"\":0";
  std::size_t members = 1;
  for (; text.size() < 4 * 1024 * 1024; ++members)
    text += ",\"" + std::to_string(members) + "\":0";
  counter heard;
  gantry::test::counting_memory memory;
  BOOST_TEST(read_json(text + '}', depth, heard, &memory).has_value());
  BOOST_TEST(heard.members == members);
  BOOST_TEST(memory.peak() <= 3 * text.size());
  BOOST_TEST(memory.now() == 0U);
  BOOST_TEST(read_json(text + ",\"7\":0}", depth, heard, &memory).error().detail ==
             "duplicate keys");
}

BOOST_AUTO_TEST_CASE(colliding_names_are_distinguished) {
  std::string text = "{";
  for (const auto& name : gantry::test::colliding_names(30'000))
    text += '"' + name + "\":0,";
  counter heard;
  BOOST_TEST(read_json(text + "\"\":0}", depth, heard).has_value());
  BOOST_TEST(heard.members == 30'001U);
}

BOOST_AUTO_TEST_SUITE_END()
