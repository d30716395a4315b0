#include "api/tools/table.hpp"

#include "faults/rule_json.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

using namespace gantry;
namespace json = boost::json;
namespace tools = gantry::api::tools;

namespace {

json::object schema(std::string_view text) {
  return json::parse(json::string_view{text.data(), text.size()}).as_object();
}

/// The names of the members that a schema describes.
std::set<std::string> members_of(const json::value& schema) {
  std::set<std::string> names;
  for (const auto& each : schema.at("properties").as_object())
    names.insert(std::string{each.key()});
  return names;
}

/// The names that the reader of rules knows, from its complaint about another.
std::set<std::string> known_to_rules(const std::string& text) {
  const auto detail = faults::read_rule(text).error().detail;
  constexpr std::string_view introduction = "there are ";
  const auto at = detail.find(introduction);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, detail);
  std::set<std::string> names;
  std::string_view rest = std::string_view{detail}.substr(at + introduction.size());
  while (!rest.empty()) {
    const auto name = rest.substr(0, rest.find(", "));
    names.emplace(name);
    rest.remove_prefix(std::min(name.size() + 2, rest.size()));
  }
  return names;
}

json::object fault_schema() {
  const auto row = std::ranges::find(tools::table(), std::string_view{"set_fault"},
                                     [](const tools::row& each) { return each.shown.name; });
  return schema(row->shown.arguments);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tools_table)

BOOST_AUTO_TEST_CASE(each_tool_is_complete) {
  std::set<std::string_view> names;
  for (const auto& row : tools::table())
    BOOST_TEST_CONTEXT(row.shown.name) {
      BOOST_TEST(names.insert(row.shown.name).second);
      BOOST_TEST(!row.shown.title.empty());
      BOOST_TEST(row.shown.description.ends_with('.'));
      BOOST_TEST(row.most > 0U);
      BOOST_TEST((row.run != nullptr));
      const auto arguments = schema(row.shown.arguments);
      BOOST_TEST(arguments.at("type").as_string() == "object");
      BOOST_TEST(!arguments.at("additionalProperties").as_bool());
      BOOST_TEST(schema(row.shown.result).at("type").as_string() == "object");
    }
  BOOST_TEST(tools::shown_tools().size() == tools::table().size());
  BOOST_TEST(tools::shown_tools()[3].name == tools::table()[3].shown.name);
}

BOOST_AUTO_TEST_CASE(each_tool_stands_for_an_operation) {
  for (const auto& row : tools::table())
    BOOST_TEST_CONTEXT(row.shown.name) {
      BOOST_REQUIRE(std::ranges::count(api::operations(), row.stands_for, &api::operation::name) ==
                    1);
      const auto& like = tools::operation_of(row);
      BOOST_TEST(row.shown.hints.only_reads == (like.methods == "GET, HEAD"));
    }
}

BOOST_AUTO_TEST_CASE(the_schema_of_a_fault_has_the_members_of_a_rule) {
  const auto fault = fault_schema();
  BOOST_TEST((members_of(fault) == known_to_rules(R"({"?":1})")));
  const auto& inner = fault.at("properties");
  BOOST_TEST((members_of(inner.at("match")) == known_to_rules(R"({"match":{"?":1}})")));
  BOOST_TEST((members_of(inner.at("effect")) == known_to_rules(R"({"effect":{"?":1}})")));
  BOOST_TEST((members_of(inner.at("effect").at("properties").at("location")) ==
              known_to_rules(R"({"effect":{"location":{"?":1}}})")));
}

BOOST_AUTO_TEST_SUITE_END()
