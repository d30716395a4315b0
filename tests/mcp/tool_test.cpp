#include "mcp/tool.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace gantry::mcp;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(tool)

BOOST_AUTO_TEST_CASE(a_tool_is_described_with_its_schemas_and_hints) {
  const gantry::mcp::tool removes{"remove",
                                  "Remove",
                                  "Removes all.",
                                  R"({"type":"object"})",
                                  R"({"type":"object","required":["ok"]})",
                                  {.destroys = true, .repeatable = true}};
  const auto shown = describe(removes);
  BOOST_TEST(shown.at("name").as_string() == "remove");
  BOOST_TEST(shown.at("inputSchema").at("type").as_string() == "object");
  BOOST_TEST(shown.at("outputSchema").at("required").at(0).as_string() == "ok");
  BOOST_TEST((shown.at("annotations") == json::parse(R"({"readOnlyHint":false,
    "openWorldHint":false,"destructiveHint":true,"idempotentHint":true})")));
}

BOOST_AUTO_TEST_CASE(hints_on_changes_are_for_tools_that_change_something) {
  const gantry::mcp::tool lists{"l", "", "", "{}", "{}", {.only_reads = true}};
  BOOST_TEST((describe(lists).at("annotations") ==
              json::parse(R"({"readOnlyHint":true,"openWorldHint":false})")));
}

BOOST_AUTO_TEST_CASE(a_result_is_structure_and_the_same_text) {
  const auto result = make_result({{"tags", {"a", "b"}}});
  BOOST_TEST((result.at("structuredContent") == json::parse(R"({"tags":["a","b"]})")));
  BOOST_TEST((result.at("content") ==
              json::parse(R"([{"type":"text","text":"{\"tags\":[\"a\",\"b\"]}"}])")));
  BOOST_TEST(!result.at("isError").as_bool());
}

BOOST_AUTO_TEST_CASE(a_failure_is_a_result_that_says_what_to_do) {
  BOOST_TEST((make_failure("push it first") ==
              json::parse(R"({"content":[{"type":"text","text":"push it first"}],"isError":true})")
                .as_object()));
}

BOOST_AUTO_TEST_SUITE_END()
