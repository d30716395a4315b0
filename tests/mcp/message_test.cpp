#include "mcp/message.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <variant>

using namespace gantry::mcp;
namespace json = boost::json;

namespace {

request read_request(std::string_view text) {
  auto said = read_message(text);
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<request>(said), text);
  return std::get<request>(said);
}

void check_mistake(std::string_view text, rpc_code code, std::string_view part,
                   const json::value& id = nullptr) {
  BOOST_TEST_CONTEXT(text.substr(0, 100)) {
    const auto said = read_message(text);
    BOOST_REQUIRE(std::holds_alternative<mistake>(said));
    const auto& wrong = std::get<mistake>(said);
    BOOST_TEST(static_cast<int>(wrong.code) == static_cast<int>(code));
    BOOST_TEST(wrong.text.find(part) != std::string::npos, wrong.text);
    BOOST_TEST((wrong.id == id), json::serialize(wrong.id));
  }
}

std::string nested(std::size_t depth) {
  return R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":)" + std::string(depth, '[') +
         std::string(depth, ']') + "}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(a_request_has_id_method_and_params) {
  const auto asked =
    read_request(R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x"},"_x":0})");
  BOOST_TEST((asked.id == 7));
  BOOST_TEST(asked.method == "tools/call");
  BOOST_TEST(asked.params.at("name").as_string() == "x");
}

BOOST_AUTO_TEST_CASE(an_id_is_a_text_or_a_whole_number) {
  const std::array ids{"0", "-1", "18446744073709551615", R"("")", R"("a\n\u00e4")"};
  for (const std::string id : ids)
    BOOST_TEST(
      (read_request(R"({"jsonrpc":"2.0","method":"ping","id":)" + id + "}").id == json::parse(id)));
  const std::string long_id(max_id + 1, 'x');
  const std::array others{"null", "1.5", "1e400", "true", "[]", "{}", "184467440737095516160"};
  for (const std::string id : others) {
    const auto text = R"({"jsonrpc":"2.0","method":"ping","id":)" + id + "}";
    check_mistake(text, rpc_code::invalid_request, "id: expected");
  }
  check_mistake(R"({"jsonrpc":"2.0","method":"ping","id":")" + long_id + "\"}",
                rpc_code::invalid_request, "id: expected");
}

BOOST_AUTO_TEST_CASE(notifications_and_responses_get_no_answer) {
  for (const auto* text : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                           R"({"jsonrpc":"2.0","method":"notifications/x","params":{"a":1}})",
                           R"({"jsonrpc":"2.0","id":1,"result":{}})",
                           R"({"jsonrpc":"2.0","id":"x","error":{"code":1,"message":""}})"})
    BOOST_TEST(std::holds_alternative<one_way>(read_message(text)), text);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_a_parse_error) {
  for (const auto* text : {"", "{", "nonsense", "{\"jsonrpc\":\"2.0\"}x", "\xff", "{'a':1}"})
    check_mistake(text, rpc_code::parse_error, "not valid JSON");
  check_mistake(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})", rpc_code::parse_error,
                "duplicate");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  BOOST_TEST(read_request(nested(20)).method == "ping");
  check_mistake(nested(40), rpc_code::parse_error, "not valid JSON");
  check_mistake(nested(100'000), rpc_code::parse_error, "not valid JSON");
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_an_invalid_request) {
  check_mistake("[]", rpc_code::invalid_request, "batches");
  check_mistake(R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", rpc_code::invalid_request,
                "batches");
  check_mistake("1", rpc_code::invalid_request, "object");
  check_mistake("null", rpc_code::invalid_request, "object");
  check_mistake("{}", rpc_code::invalid_request, "jsonrpc");
  check_mistake(R"({"jsonrpc":"1.0","id":3,"method":"ping"})", rpc_code::invalid_request, "jsonrpc",
                3);
  check_mistake(R"({"jsonrpc":2.0,"id":3,"method":"ping"})", rpc_code::invalid_request, "jsonrpc",
                3);
  check_mistake(R"({"jsonrpc":"2.0","id":3})", rpc_code::invalid_request, "method", 3);
  check_mistake(R"({"jsonrpc":"2.0","id":3,"method":1})", rpc_code::invalid_request, "method", 3);
  check_mistake(R"({"jsonrpc":"2.0","id":3,"method":"ping","params":[1]})",
                rpc_code::invalid_params, "params", 3);
}

BOOST_AUTO_TEST_CASE(answers_name_their_request) {
  BOOST_TEST(render_result("a", {}) == R"({"jsonrpc":"2.0","id":"a","result":{}})");
  BOOST_TEST(render_error({rpc_code::parse_error, "no \"JSON\""}) ==
             R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no \"JSON\""}})");
}

BOOST_AUTO_TEST_SUITE_END()
