#include "mcp/server.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <variant>

using namespace gantry::mcp;
namespace json = boost::json;

namespace {

constexpr std::string_view any_object = R"({"type":"object"})";
constexpr std::array tools{tool{"first", "", "The first.", any_object, any_object},
                           tool{"second", "", "The second.", any_object, any_object}};
constexpr gantry::mcp::server subject{{"gantry", "Gantry", "1.2.3", "Use the tools."}, tools};

std::string asking(std::string_view method, std::string_view params = "{}") {
  return json::serialize(
    json::object{{"jsonrpc", "2.0"},
                 {"id", 1},
                 {"method", method},
                 {"params", json::parse(json::string_view{params.data(), params.size()})}});
}

json::object answer_to(std::string_view text) {
  const auto next = subject.read(text);
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<reply>(next), text);
  return json::parse(std::get<reply>(next).text).as_object();
}

json::value result_of(std::string_view text) {
  const auto answer = answer_to(text);
  BOOST_REQUIRE_MESSAGE(answer.contains("result"), json::serialize(answer));
  return answer.at("result");
}

void check_error(std::string_view text, int code, std::string_view part) {
  BOOST_TEST_CONTEXT(text) {
    const auto answer = answer_to(text);
    BOOST_REQUIRE(answer.contains("error"));
    BOOST_TEST(answer.at("error").at("code").as_int64() == code);
    const auto& message = answer.at("error").at("message").as_string();
    BOOST_TEST(message.find(json::string_view{part.data(), part.size()}) != message.npos,
               message.c_str());
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(a_known_revision_is_echoed_and_another_answered_with_the_newest) {
  const auto revision_for = [](const std::string& wanted) {
    const auto result = result_of(asking("initialize", R"({"protocolVersion":")" + wanted + "\"}"));
    return std::string{result.at("protocolVersion").as_string()};
  };
  for (const auto known : revisions)
    BOOST_TEST(revision_for(std::string{known}) == known);
  for (const auto* other : {"2099-01-01", "2025-03-26", "2024-11-05", ""})
    BOOST_TEST(revision_for(other) == revisions.front());
}

BOOST_AUTO_TEST_CASE(initialisation_names_the_server_and_offers_only_tools) {
  const auto result = result_of(asking("initialize", R"({"protocolVersion":"2025-06-18",
    "capabilities":{},"clientInfo":{"name":"c","version":"1"}})"));
  BOOST_TEST((result.at("capabilities") == json::parse(R"({"tools":{}})")));
  BOOST_TEST((result.at("serverInfo") ==
              json::parse(R"({"name":"gantry","title":"Gantry","version":"1.2.3"})")));
  BOOST_TEST(result.at("instructions").as_string() == "Use the tools.");
  check_error(asking("initialize"), -32602, "protocolVersion");
  check_error(asking("initialize", R"({"protocolVersion":1})"), -32602, "protocolVersion");
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered) {
  BOOST_TEST((result_of(asking("ping")) == json::object{}));
  BOOST_TEST((result_of(R"({"jsonrpc":"2.0","id":1,"method":"ping"})") == json::object{}));
}

BOOST_AUTO_TEST_CASE(the_list_of_tools_has_one_page) {
  const auto list = result_of(asking("tools/list")).at("tools").as_array();
  BOOST_REQUIRE(list.size() == tools.size());
  BOOST_TEST(list[1].at("name").as_string() == "second");
  check_error(asking("tools/list", R"({"cursor":"x"})"), -32602, "cursor");
}

BOOST_AUTO_TEST_CASE(a_call_names_its_tool_and_arguments) {
  const auto next =
    subject.read(asking("tools/call", R"({"name":"second","arguments":{"a":[1]}})"));
  BOOST_REQUIRE(std::holds_alternative<tool_call>(next));
  const auto& call = std::get<tool_call>(next);
  BOOST_TEST((call.id == 1));
  BOOST_TEST(call.which == 1U);
  BOOST_TEST((call.arguments == json::parse(R"({"a":[1]})")));
  const auto bare = subject.read(asking("tools/call", R"({"name":"first"})"));
  BOOST_TEST(std::get<tool_call>(bare).arguments.empty());
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_be_made_is_an_error) {
  check_error(asking("tools/call"), -32602, "name");
  check_error(asking("tools/call", R"({"name":7})"), -32602, "name");
  check_error(asking("tools/call", R"({"name":"third"})"), -32602, "third");
  check_error(asking("tools/call", R"({"name":"first","arguments":[]})"), -32602, "arguments");
  check_error(asking("tools/call", R"({"name":"first","arguments":null})"), -32602, "arguments");
}

BOOST_AUTO_TEST_CASE(a_method_that_is_not_known_is_named) {
  check_error(asking("resources/list"), -32601, "resources/list");
  check_error(asking(std::string(5000, 'x')), -32601, "there is no method");
  BOOST_TEST(
    answer_to(asking(std::string(5000, 'x'))).at("error").at("message").as_string().size() < 400U);
}

BOOST_AUTO_TEST_CASE(only_what_is_no_message_is_refused) {
  const auto is_refused = [](std::string_view text) {
    return std::get<reply>(subject.read(text)).is_refusal;
  };
  BOOST_TEST(is_refused("nonsense"));
  BOOST_TEST(is_refused("[]"));
  BOOST_TEST(!is_refused(asking("nowhere")));
  BOOST_TEST(!is_refused(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":1})"));
  BOOST_TEST(std::holds_alternative<one_way>(
    subject.read(R"({"jsonrpc":"2.0","method":"notifications/initialized"})")));
}

BOOST_AUTO_TEST_SUITE_END()
