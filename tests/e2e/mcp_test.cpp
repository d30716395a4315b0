// Agents steer the registry, by the Model Context Protocol.
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

using namespace gantry::test;
namespace json = boost::json;

namespace {

constexpr const char* mcp_path = "/mcp";

std::string message(std::string_view method, const json::object& params) {
  return json::serialize(
    json::object{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}});
}

/// A registry, an agent and a client under test.
struct steered_registry {
  explicit steered_registry(const std::function<void(gantry::app::registry_options&)>& adjust = {})
    : server{adjust} {}

  running_registry server;
  registry_client agent{server};
  registry_client client{server};

  http_response send(std::string_view body, header_list headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    headers.emplace_back("Accept", "application/json, text/event-stream");
    return agent.post(mcp_path, std::move(headers), body);
  }
  json::object answer(std::string_view body) {
    const auto response = send(body);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.header("Content-Type") == "application/json");
    return json::parse(response.body).as_object();
  }
  json::object call(std::string_view tool, json::object arguments = {}) {
    const auto answered =
      answer(message("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}}));
    BOOST_REQUIRE_MESSAGE(answered.contains("result"), json::serialize(answered));
    return answered.at("result").as_object();
  }
  /// The structured result of a call that must work.
  json::object done(std::string_view tool, json::object arguments = {}) {
    const auto result = call(tool, std::move(arguments));
    BOOST_REQUIRE_MESSAGE(!result.at("isError").as_bool(), json::serialize(result));
    const auto& text = result.at("content").at(0).at("text").as_string();
    BOOST_TEST((json::parse(text) == result.at("structuredContent")));
    return result.at("structuredContent").as_object();
  }
  /// The text of a call that must fail.
  std::string failure(std::string_view tool, json::object arguments = {}) {
    const auto result = call(tool, std::move(arguments));
    BOOST_REQUIRE_MESSAGE(result.at("isError").as_bool(), json::serialize(result));
    return std::string{result.at("content").at(0).at("text").as_string()};
  }
  void check_failure(std::string_view tool, json::object arguments, std::string_view part) {
    const auto text = failure(tool, std::move(arguments));
    BOOST_TEST(text.find(part) != std::string::npos, text);
  }
};

/// An index of `size` bytes, most of them quotes: no manifest has a longer result.
std::string manifest_of_quotes(std::size_t size) {
  const auto with = [](std::size_t quotes) {
    return json::serialize(json::object{{"schemaVersion", 2},
                                        {"mediaType", types::index},
                                        {"manifests", json::array{}},
                                        {"annotations", {{"a", std::string(quotes, '"')}}}});
  };
  return with((size - with(0).size()) / 2);
}

json::array list(std::initializer_list<const char*> names) {
  json::array made;
  for (const auto* name : names)
    made.emplace_back(name);
  return made;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(mcp, steered_registry)

BOOST_AUTO_TEST_CASE(a_client_introduces_itself_and_asks_for_tools) {
  const auto about = answer(message("initialize", {{"protocolVersion", "2025-11-25"}}));
  BOOST_TEST(about.at("result").at("protocolVersion").as_string() == "2025-11-25");
  BOOST_TEST(about.at("result").at("serverInfo").at("name").as_string() == "gantry");
  const auto accepted = send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                             {{"MCP-Protocol-Version", "2025-11-25"}});
  BOOST_TEST(accepted.status == 202);
  BOOST_TEST(accepted.body.empty());
  const auto tools = answer(message("tools/list", {})).at("result").at("tools").as_array();
  BOOST_TEST(tools.size() == 10U);
}

BOOST_AUTO_TEST_CASE(there_is_no_stream_and_no_session) {
  for (const auto* method : {"GET", "DELETE", "PUT"})
    BOOST_TEST(expect_error(agent, {method, mcp_path}, 405, "UNSUPPORTED").header("Allow") ==
               "POST");
}

BOOST_AUTO_TEST_CASE(a_pushed_image_is_listed_read_and_pulled) {
  const auto pushed = done("push_image", {{"repository", "team/app"},
                                          {"tag", "1"},
                                          {"layers", list({"one", "", "one"})},
                                          {"annotations", {{"a", "\xC3\xA4"}}}});
  done("push_image", {{"repository", "other"}});
  BOOST_TEST((done("list_repositories").at("repositories") == list({"other", "team/app"})));
  BOOST_TEST((done("list_tags", {{"repository", "team/app"}}).at("tags") == list({"1"})));
  const auto read = done("read_manifest", {{"repository", "team/app"}, {"reference", "1"}});
  BOOST_TEST((read.at("digest") == pushed.at("digest")));
  BOOST_TEST((read.at("manifest") == pushed.at("manifest")));
  const auto pulled = client.get(manifest_path("team/app", "1"));
  BOOST_TEST(pulled.status == 200);
  BOOST_TEST(pulled.body == read.at("manifest").as_string());
  const auto manifest = json::parse(pulled.body);
  for (const auto& layer : manifest.at("layers").as_array()) {
    const auto blob =
      client.get(blob_path("team/app", std::string{layer.at("digest").as_string()}));
    BOOST_TEST(blob.status == 200);
    BOOST_TEST(blob.body.size() == layer.at("size").to_number<std::size_t>());
  }
}

BOOST_AUTO_TEST_CASE(lists_have_pages) {
  for (const auto* tag : {"a", "b", "c"})
    done("push_image", {{"repository", "app"}, {"tag", tag}});
  auto page = done("list_tags", {{"repository", "app"}, {"n", 2}});
  BOOST_TEST((page.at("tags") == list({"a", "b"})));
  BOOST_TEST(page.at("more").as_bool());
  page = done("list_tags", {{"repository", "app"}, {"last", "b"}});
  BOOST_TEST((page.at("tags") == list({"c"})));
  BOOST_TEST(!page.at("more").as_bool());
}

BOOST_AUTO_TEST_CASE(the_largest_manifest_is_read_whole) {
  const auto bytes = manifest_of_quotes(4 * 1024 * 1024);
  client.push_manifest("app", "large", bytes);
  const auto read = done("read_manifest", {{"repository", "app"}, {"reference", "large"}});
  BOOST_TEST((read.at("manifest").as_string() == bytes));
}

BOOST_AUTO_TEST_CASE(a_result_beyond_the_limit_is_a_failure) {
  steered_registry vast{[](auto& settings) { settings.api.max_manifest = 8 * 1024 * 1024; }};
  vast.client.push_manifest("app", "vast", manifest_of_quotes(8 * 1024 * 1024));
  vast.check_failure("read_manifest", {{"repository", "app"}, {"reference", "vast"}}, "too large");
}

BOOST_AUTO_TEST_CASE(faults_are_set_seen_and_cleared) {
  done("push_image", {{"repository", "app"}});
  const auto set = done("set_fault", {{"name", "hub-429"}});
  BOOST_TEST(client.get(manifest_path("app", "latest")).status == 429);
  const auto shown = done("list_faults");
  BOOST_TEST(shown.at("faults").at(0).at("hits").to_number<int>() == 1);
  BOOST_TEST(shown.at("named").as_array().size() > 10U);
  done("set_fault", {{"match", {{"operation", "base"}}}, {"effect", {{"status", 503}}}});
  done("clear_faults", {{"id", set.at("faults").at(0).at("id")}});
  BOOST_TEST(client.get(manifest_path("app", "latest")).status == 200);
  BOOST_TEST(client.get("/v2/").status == 503);
  done("clear_faults");
  BOOST_TEST(client.get("/v2/").status == 200);
  check_failure("clear_faults", {{"id", 77}}, "list them");
  check_failure("set_fault", {{"name", "hub"}}, "name: 'hub'");
  check_failure("set_fault", {{"effect", {{"status", 99}}}}, "effect.status");
}

BOOST_AUTO_TEST_CASE(what_steers_is_hit_by_no_fault_and_not_recorded) {
  done("set_fault", {{"effect", {{"status", 503}}}});
  done("push_image", {{"repository", "app"}});
  client.get("/v2/app/tags/list");
  client.get("/health");
  // A request is recorded after its response was sent.
  BOOST_TEST(client.get("/__parlel/requests/wait?count=2&timeout=60s").status == 200);
  const auto seen = done("list_requests");
  BOOST_TEST(seen.at("count").to_number<int>() == 2);
  BOOST_TEST(seen.at("requests").at(0).at("operation").as_string() == "list_tags");
  BOOST_TEST(seen.at("requests").at(0).at("status").to_number<int>() == 503);
  BOOST_TEST(done("list_requests", {{"operation", "health"}}).at("count").to_number<int>() == 1);
  BOOST_TEST(done("list_requests", {{"status", 404}}).at("count").to_number<int>() == 0);
  BOOST_TEST(done("list_requests", {{"status", "5xx"}, {"n", 1}}).at("next").to_number<int>() == 1);
  done("clear_requests");
  BOOST_TEST(done("list_requests").at("count").to_number<int>() == 0);
  check_failure("list_requests", {{"n", 101}}, "n: ");
  check_failure("list_requests", {{"status", "5x"}}, "status: ");
  check_failure("list_requests", {{"method", true}}, "method: ");
  check_failure("list_requests", {{"since", -1}}, "since: ");
  check_failure("list_requests", {{"timeout", "1s"}}, "timeout: no such member");
}

BOOST_AUTO_TEST_CASE(a_reset_begins_anew) {
  done("push_image", {{"repository", "app"}});
  done("set_fault", {{"effect", {{"status", 503}}}});
  done("reset");
  BOOST_TEST(done("list_repositories").at("repositories").as_array().empty());
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_failures_that_name_the_argument) {
  check_failure("list_tags", {}, "repository: expected");
  check_failure("list_tags", {{"repository", "UPPER"}}, "repository: expected");
  check_failure("list_tags", {{"repository", 7}}, "repository: expected a text");
  check_failure("list_tags", {{"repository", "absent"}}, "push to it first");
  check_failure("list_repositories", {{"n", 1001}}, "n: expected a whole number from 1 to 1000");
  check_failure("list_repositories", {{"m", 1}}, "m: no such member");
  check_failure("read_manifest", {{"repository", "a"}, {"reference", "sha256:x"}}, "reference: ");
  check_failure("push_image", {{"repository", "a"}, {"tag", "."}}, "tag");
  check_failure("push_image", {{"repository", "a"}, {"layers", "x"}}, "layers: ");
  check_failure("push_image", {{"repository", "a"}, {"layers", {1}}}, "layers: ");
  check_failure("push_image", {{"repository", "a"}, {"annotations", {{"a", 1}}}}, "annotations: ");
  check_failure("reset", {{"now", true}}, "now: no such member");
  BOOST_TEST(done("list_repositories").at("repositories").as_array().empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_refused) {
  const auto refused = [this](std::string_view body, int code) {
    const auto response = send(body);
    BOOST_TEST(response.status == 400);
    BOOST_TEST(json::parse(response.body).at("error").at("code").as_int64() == code);
  };
  refused("", -32700);
  refused("{", -32700);
  refused(std::string(200'000, '['), -32700);
  refused("[" + message("ping", {}) + "]", -32600);
  refused(R"({"jsonrpc":"2.0","id":")" + std::string(100'000, 'x') + R"(","method":"ping"})",
          -32600);
  refused(R"({"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"ping"})", -32600);
  refused(R"({"id":1,"method":"ping"})", -32600);
  BOOST_TEST(answer(message("nowhere", {})).at("error").at("code").as_int64() == -32601);
  BOOST_TEST(answer(message("tools/call", {{"name", "rm"}})).at("error").at("code").as_int64() ==
             -32602);
  BOOST_TEST(send(std::string(300'000, ' ')).status == 413);
  BOOST_TEST(registry_client{server}.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_revision_that_is_not_known_is_refused) {
  BOOST_TEST(send(message("ping", {}), {{"MCP-Protocol-Version", "2025-06-18"}}).status == 200);
  const auto response = send(message("ping", {}), {{"MCP-Protocol-Version", "1.0"}});
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.body.find("2025-11-25 or 2025-06-18") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(pages_of_other_origins_are_refused) {
  for (const auto* origin : {"http://elsewhere", "null", "https://127.0.0.1:1"})
    BOOST_TEST(send(message("ping", {}), {{"Origin", origin}}).status == 403);
  BOOST_TEST(send(message("ping", {}), {{"Origin", "http://" + server.authority()}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_mode_that_binds_clients_binds_agents) {
  steered_registry frozen{[](auto& settings) {
    settings.api.read_only = true;
    settings.api.allow_reset = false;
  }};
  frozen.check_failure("push_image", {{"repository", "a"}}, "read-only");
  frozen.check_failure("reset", {}, "--allow-reset");
  BOOST_TEST(frozen.done("list_repositories").at("repositories").as_array().empty());
}

BOOST_AUTO_TEST_CASE(an_agent_learns_that_nothing_is_recorded) {
  steered_registry silent{[](auto& settings) { settings.api.journal_entries = 0; }};
  silent.check_failure("list_requests", {}, "--journal");
}

BOOST_AUTO_TEST_CASE(without_control_there_are_no_agents) {
  running_registry closed{
    [](auto& settings) { settings.api.steered_by = gantry::api::control::off; }};
  registry_client asking{closed};
  expect_error(asking, {"POST", mcp_path, {}, message("ping", {})}, 404, "UNSUPPORTED");
  expect_error(asking, {"GET", mcp_path}, 404, "UNSUPPORTED");
}

BOOST_AUTO_TEST_SUITE_END()
