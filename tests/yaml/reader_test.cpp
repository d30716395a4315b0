// YAML as a tree of texts with their places.
#include "yaml/reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(reader)

using namespace gantry::yaml;

namespace {

std::string shown(const node& node) {
  std::string text = node.key.empty() ? "" : node.key + "=";
  switch (node.kind) {
  case node_kind::nothing: return text + "~";
  case node_kind::text: return text + node.text;
  case node_kind::list:
  case node_kind::map: break;
  }
  text += node.kind == node_kind::list ? "[" : "{";
  for (const auto& item : node.items)
    text += shown(item) + ";";
  return text + (node.kind == node_kind::list ? "]" : "}");
}

std::string refusal_of(std::string_view text) {
  try {
    return "accepted: " + shown(read(text));
  } catch (const mistake& why) {
    return why.what();
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(all_scalars_are_texts) {
  BOOST_TEST(shown(read("a: 1.10\nb: true\nc: '1.0'\nd: [x, \"y z\", ~]\ne:\n")) ==
             "{a=1.10;b=true;c=1.0;d=[x;y z;~;];e=~;}");
  BOOST_TEST(shown(read("")) == "~");
  BOOST_TEST(shown(read("# only a comment\n")) == "~");
  BOOST_TEST(shown(read("- a\n- b: c\n  d: []\n")) == "[a;{b=c;d=[];};]");
}

BOOST_AUTO_TEST_CASE(keys_and_values_know_their_places) {
  const auto root = read("one:\n  two: [a,\n    b]\n");
  const auto& two = root.items.at(0).items.at(0);
  BOOST_TEST(two.key_at.line == 2);
  BOOST_TEST(two.key_at.column == 3);
  BOOST_TEST(two.at.line == 2);
  BOOST_TEST(two.at.column == 8);
  BOOST_TEST(two.items.at(1).at.line == 3);
  BOOST_TEST(two.items.at(1).at.column == 5);
}

BOOST_AUTO_TEST_CASE(what_yaml_allows_but_files_need_not_is_refused) {
  BOOST_TEST(refusal_of("a: 1\nb: 2\na: 3\n") ==
             "line 3, column 1: the key 'a' stands here a second time");
  BOOST_TEST(refusal_of("a: !!binary aGk=\n") ==
             "line 1, column 4: 'tag:yaml.org,2002:binary' is a tag of YAML: leave it out");
  BOOST_TEST(refusal_of("a: 1\n---\nb: 2\n") ==
             "line 2, column 1: a second document begins here: write one");
  BOOST_TEST(refusal_of("? [a]\n: 1\n") == "line 1, column 3: this key is not a text");
  BOOST_TEST(refusal_of("~: 1\n") == "line 1, column 1: this key is not a text");
}

BOOST_AUTO_TEST_CASE(an_alias_is_a_copy_of_its_value) {
  const auto root = read("a: &x {b: [1, 2]}\nc: *x\nd: [&y 5, *y]\n");
  BOOST_REQUIRE(root.items.size() == 3u);
  const auto& copy = root.items[1];
  BOOST_TEST(copy.key == "c");
  BOOST_REQUIRE(copy.items.size() == 1u);
  BOOST_TEST(copy.items[0].key == "b");
  BOOST_TEST(copy.items[0].items.at(1).text == "2");
  BOOST_TEST(root.items[2].items.at(1).text == "5");
  BOOST_TEST(refusal_of("a: &x [*x]\n") ==
             "line 1, column 8: this alias stands within its own value: write the value");
}

BOOST_AUTO_TEST_CASE(what_is_not_yaml_is_refused_with_its_place) {
  BOOST_TEST(refusal_of("a: [1\n").starts_with("line 2, column 1: not YAML: "));
  BOOST_TEST(refusal_of("a: 1\n\tb: 2\n").starts_with("line "));
  BOOST_TEST(refusal_of("a: b: c\n").starts_with("line 1, column 5: not YAML: "));
}

BOOST_AUTO_TEST_CASE(an_unquoted_star_is_explained) {
  for (const auto* value : {"*", "**", "*/x", "[*]", "[**]", "*x", "[*, y]"})
    BOOST_TEST(refusal_of(std::string{"a: "} + value + "\n")
                 .ends_with("not YAML: a text that begins with * stands in quotes: \"*\""),
               value << ": " << refusal_of(std::string{"a: "} + value + "\n"));
}

BOOST_AUTO_TEST_CASE(attacks_cost_no_more_than_their_bytes) {
  BOOST_TEST(refusal_of(std::string(200'000, '[')).ends_with(": nested more than 8 deep"));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 8; ++j)
      bomb.append(", ").append(before);
    bomb += "]\n";
  }
  BOOST_TEST(refusal_of(bomb) == "line 6, column 10: there are more than 100000 values");
  BOOST_TEST(refusal_of(std::string(max_bytes + 1, ' ')) == "it has more than 1048576 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
