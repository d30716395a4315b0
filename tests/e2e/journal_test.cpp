// The journal of requests, over the API.
#include "e2e/json_answer.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;

namespace {

const std::string journal_path = "/__parlel/requests";

std::string journal_of(std::string_view query) {
  return with_query(journal_path, query);
}

/// The texts of one member in each recorded request.
std::vector<std::string> texts_of(const http_response& response, std::string_view member) {
  std::vector<std::string> texts;
  const auto body = object_of(response);
  for (const auto& each : body.at("requests").as_array())
    texts.emplace_back(each.as_object().at(member).as_string());
  BOOST_TEST(body.at("count").to_number<std::size_t>() == texts.size());
  return texts;
}

std::size_t count_of(const http_response& response) {
  return texts_of(response, "method").size();
}

/// Each case has a registry of its own: others would fill the journal. Clients that share one
/// connection see their requests recorded in order.
struct recording_registry {
  running_registry server;
  registry_client client{server};

  http_response recorded(std::string_view query = {}) {
    return client.get(query.empty() ? journal_path : journal_of(query));
  }
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal, recording_registry)

BOOST_AUTO_TEST_CASE(a_push_is_recorded_step_by_step) {
  client.push_blob("a/b", "bytes of a blob");
  client.push_manifest("a/b", "t", lone_manifest("recorded"));
  const auto response = recorded();
  BOOST_TEST(response.status == 200);
  BOOST_TEST(texts_of(response, "method") == (texts{"POST", "PUT", "PUT"}),
             boost::test_tools::per_element());
  BOOST_TEST(texts_of(response, "operation") ==
               (texts{"start_upload", "finish_upload", "put_manifest"}),
             boost::test_tools::per_element());
  BOOST_TEST(texts_of(response, "repository") == (texts{"a/b", "a/b", "a/b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_entry_says_what_was_asked_and_answered) {
  const auto answer =
    client.put(manifest_path("a", "t"), {{"Content-Type", types::index}}, lone_manifest("one"));
  const auto body = object_of(recorded());
  const auto& seen = body.at("requests").at(0).as_object();
  BOOST_TEST(seen.at("sequence").to_number<int>() == 1);
  BOOST_TEST(body.at("next").to_number<int>() == 1);
  BOOST_TEST(seen.at("target").as_string() == manifest_path("a", "t"));
  BOOST_TEST(seen.at("status").to_number<int>() == answer.status);
  BOOST_TEST(seen.at("body_bytes").to_number<std::size_t>() == lone_manifest("one").size());
  BOOST_TEST(seen.at("bytes_sent").to_number<std::size_t>() > 0U);
  BOOST_TEST(seen.at("request_id").as_string() == answer.header("X-Request-Id"));
  BOOST_TEST(seen.at("connection").as_string().starts_with("127.0.0.1:"));
  BOOST_TEST(seen.at("fault").as_string() == "");
  bool has_type = false;
  for (const auto& field : seen.at("headers").as_array())
    has_type |= field.at("name").as_string() == "Content-Type" &&
                field.at("value").as_string() == types::index;
  BOOST_TEST(has_type);
  std::string location;
  for (const auto& field : seen.at("response_headers").as_array())
    if (field.at("name").as_string() == "Location")
      location = field.at("value").as_string();
  BOOST_TEST(location == answer.header("Location"));
}

BOOST_AUTO_TEST_CASE(an_archive_has_the_fields_of_responses_without_their_secrets) {
  client.post("/__parlel/faults", {},
              R"({"match":{"operation":"base"},"effect":{"status":401,)"
              R"("headers":{"Set-Cookie":"session=hunter2",)"
              R"("WWW-Authenticate":"Basic realm=\"shown\""}}})");
  client.get("/v2/");
  const auto archive = client.get(journal_path + "/har").body;
  BOOST_TEST(archive.find("hunter2") == std::string::npos);
  BOOST_TEST(archive.find(R"({"name":"Set-Cookie","value":"***"})") != std::string::npos);
  BOOST_TEST(archive.find("shown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(failures_are_recorded_too) {
  client.get(manifest_path("a", "t"));
  client.get("/nowhere");
  client.request("PATCH", "/v2/");
  const auto response = recorded("status=4xx");
  BOOST_TEST(texts_of(response, "operation") == (texts{"get_manifest", "", ""}),
             boost::test_tools::per_element());
  BOOST_TEST(count_of(recorded("status=405")) == 1U);
}

BOOST_AUTO_TEST_CASE(a_request_that_the_mode_refuses_names_its_operation) {
  running_registry frozen{[](auto& settings) { settings.api.read_only = true; }};
  registry_client reader{frozen};
  reader.put(manifest_path("a", "t"), {{"Content-Type", types::index}}, lone_manifest("one"));
  BOOST_TEST(texts_of(reader.get(journal_path), "operation") == (texts{"put_manifest"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unreadable_request_is_recorded_without_its_head) {
  registry_client broken{server};
  broken.send("nonsense\r\n\r\n");
  BOOST_TEST(broken.receive().status == 400);
  const auto response = client.get(journal_path + "/wait");
  BOOST_TEST(texts_of(response, "target") == (texts{""}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(filters_add_up) {
  client.push_manifest("a", "t", lone_manifest("one"));
  client.push_manifest("b", "t", lone_manifest("one"));
  client.get(manifest_path("a", "t"));
  client.head(manifest_path("a", "t"));
  client.get(manifest_path("a", "absent"));
  BOOST_TEST(count_of(recorded("repository=a")) == 4U);
  BOOST_TEST(count_of(recorded("repository=a&method=GET")) == 2U);
  BOOST_TEST(count_of(recorded("repository=a&method=GET&status=200")) == 1U);
  BOOST_TEST(count_of(recorded("operation=put_manifest")) == 2U);
  BOOST_TEST(count_of(recorded("path=/absent")) == 1U);
  BOOST_TEST(count_of(recorded("status=2xx")) == 4U);
  BOOST_TEST(count_of(recorded("since=3")) == 2U);
  BOOST_TEST(count_of(recorded("since=5")) == 0U);
}

BOOST_AUTO_TEST_CASE(pages_follow_each_other) {
  for (int i = 0; i < 5; ++i)
    client.get("/v2/");
  const auto first = object_of(recorded("n=3"));
  BOOST_TEST(first.at("count").to_number<int>() == 3);
  const auto next = std::to_string(first.at("next").to_number<int>());
  BOOST_TEST(count_of(recorded("n=3&since=" + next)) == 2U);
}

BOOST_AUTO_TEST_CASE(secrets_are_masked) {
  client.get("/v2/?password=hunter2&n=1", {{"Authorization", "Basic aHVudGVyMg=="},
                                           {"Cookie", "session=hunter2"},
                                           {"Proxy-Authorization", "Bearer hunter2"},
                                           {"X-Kept", "visible"}});
  const auto response = recorded();
  for (const auto* secret : {"hunter2", "aHVudGVyMg"})
    BOOST_TEST(response.body.find(secret) == std::string::npos);
  BOOST_TEST(response.body.find("visible") != std::string::npos);
  BOOST_TEST(texts_of(response, "target") == (texts{"/v2/?password=***&n=1"}),
             boost::test_tools::per_element());
  BOOST_TEST(client.get(journal_path + "/har").body.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_steers_the_registry_is_not_recorded) {
  recorded();
  recorded("n=0");
  client.get(journal_path + "/wait?timeout=0s");
  client.get(journal_path + "/har");
  client.erase(journal_path);
  BOOST_TEST(count_of(recorded()) == 0U);
}

BOOST_AUTO_TEST_CASE(the_journal_can_be_cleared) {
  client.get("/v2/");
  const auto cleared = client.erase(journal_path);
  BOOST_TEST(cleared.status == 200);
  BOOST_TEST(cleared.body == R"({"ok":true})");
  BOOST_TEST(count_of(recorded()) == 0U);
  client.get("/v2/");
  const auto body = object_of(recorded());
  BOOST_TEST(body.at("requests").at(0).at("sequence").to_number<int>() == 2);
}

BOOST_AUTO_TEST_CASE(a_reset_leaves_an_empty_journal) {
  client.get("/v2/");
  BOOST_TEST(client.post("/__parlel/reset").status == 200);
  BOOST_TEST(count_of(recorded()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_journal_keeps_the_last_requests) {
  running_registry small{[](auto& settings) { settings.api.journal_entries = 2; }};
  registry_client asking{small};
  for (const auto* target : {"/v2/", "/health", "/readyz"})
    asking.get(target);
  BOOST_TEST(texts_of(asking.get(journal_path), "target") == (texts{"/health", "/readyz"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_named) {
  for (const auto* suffix : {"", "/wait", "/har", "/events"}) {
    const auto response =
      expect_error(client, {"GET", journal_path + suffix + "?status=4x"}, 400, "BAD_REQUEST");
    BOOST_TEST(response.body.find("status: '4x' is not") != std::string::npos);
  }
  const auto late =
    expect_error(client, {"GET", journal_path + "/wait?timeout=2m"}, 400, "BAD_REQUEST");
  BOOST_TEST(late.body.find("at most 60s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_at_once_if_enough_is_recorded) {
  client.get("/v2/");
  client.get("/v2/");
  const auto response = client.get(journal_path + "/wait?operation=base&count=2&timeout=60s");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(count_of(response) == 2U);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_when_enough_has_come) {
  client.get("/v2/");
  registry_client waiting{server};
  waiting.send_head("GET", journal_path + "/wait?operation=base&count=3&timeout=60s");
  client.get("/v2/");
  client.get("/health");
  BOOST_TEST(waiting.silent());
  client.get("/v2/");
  const auto response = waiting.receive();
  BOOST_TEST(response.status == 200);
  BOOST_TEST(count_of(response) == 3U);
}

BOOST_AUTO_TEST_CASE(a_wait_may_begin_after_a_number) {
  client.get("/v2/");
  const auto none = client.get(journal_path + "/wait?since=1&timeout=0s");
  BOOST_TEST(none.status == 408);
  BOOST_TEST(count_of(none) == 0U);
  client.get("/v2/");
  BOOST_TEST(client.get(journal_path + "/wait?since=1&timeout=60s").status == 200);
}

BOOST_AUTO_TEST_CASE(a_wait_that_ends_too_soon_shows_what_came) {
  client.get("/v2/");
  const auto response = client.get(journal_path + "/wait?count=2&timeout=10ms");
  BOOST_TEST(response.status == 408);
  BOOST_TEST(count_of(response) == 1U);
  BOOST_TEST(client.get("/v2/").status == 200); // the connection stays
}

BOOST_AUTO_TEST_CASE(many_waits_do_not_hold_up_other_requests) {
  std::vector<registry_client> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back(server);
    waiting.back().send_head("GET", journal_path + "/wait?operation=base&timeout=60s");
  }
  client.push_manifest("a", "t", lone_manifest("one"));
  client.get("/v2/");
  for (auto& each : waiting)
    BOOST_TEST(each.receive().status == 200);
}

BOOST_AUTO_TEST_CASE(a_stopping_server_ends_waits) {
  running_registry stopping{[](auto& settings) {
    settings.threads = 1;
    settings.http.drain_timeout = std::chrono::hours{1};
  }};
  registry_client waiting{stopping};
  waiting.send_head("GET", journal_path + "/wait?operation=get_blob&timeout=60s");
  // The thread looks at all its sockets between two answers, so the wait has begun.
  registry_client asking{stopping};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(asking.get("/v2/").status == 200);
  stopping.stop();
  BOOST_TEST(waiting.receive().status == 408);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_ends_its_wait) {
  // Requests in progress keep their places, so the second client is served only if the first one's
  // is free.
  running_registry narrow{[](auto& settings) { settings.http.max_connections = 1; }};
  registry_client waiting{narrow};
  BOOST_TEST(waiting.get("/v2/").status == 200);
  waiting.send_head("GET", journal_path + "/wait?operation=get_blob&timeout=60s");
  waiting.close();
  registry_client next{narrow};
  BOOST_TEST(next.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(the_archive_can_be_read) {
  client.push_manifest("a", "t", lone_manifest("one"));
  client.get("/v2/a/tags/list?n=5");
  const auto log = object_of(client.get(journal_path + "/har")).at("log");
  BOOST_TEST(log.at("version").as_string() == "1.2");
  BOOST_TEST(log.at("creator").at("name").as_string() == "gantry");
  const auto& entries = log.at("entries").as_array();
  BOOST_REQUIRE(entries.size() == 2U);
  const auto& listed = entries.at(1).as_object();
  BOOST_TEST(listed.at("request").at("url").as_string() ==
             "http://" + server.authority() + "/v2/a/tags/list?n=5");
  BOOST_TEST(listed.at("request").at("queryString").at(0).at("name").as_string() == "n");
  BOOST_TEST(listed.at("response").at("statusText").as_string() == "OK");
  BOOST_TEST(listed.at("startedDateTime").as_string().ends_with("Z"));
}

BOOST_AUTO_TEST_CASE(requests_to_controls_are_not_recorded_whatever_the_answer) {
  for (const auto& [method, target] : {std::pair{"GET", "/__parlel/repositories"},
                                       {"GET", "/__parlel/nowhere"},
                                       {"PATCH", "/__parlel/requests"},
                                       {"OPTIONS", "/%5f_parlel/faults"},
                                       {"DELETE", "/__parlel/faults/x"},
                                       {"POST", "/__parlel/reset"},
                                       {"GET", "/__gantry/gc"},
                                       {"GET", "/mcp/nowhere"}})
    client.request(method, target);
  client.get("/__parlel/requests", {{"Origin", "http://elsewhere"}});
  client.get("/last");
  BOOST_TEST(texts_of(recorded(), "target") == (texts{"/last"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_control_there_is_no_journal) {
  running_registry closed{
    [](auto& settings) { settings.api.steered_by = gantry::api::control::off; }};
  registry_client asking{closed};
  for (const auto* suffix : {"", "/wait", "/har", "/events", "?status=4x"})
    check_error(asking.get(journal_path + suffix), 404, "UNSUPPORTED", true);
  check_error(asking.erase(journal_path), 404, "UNSUPPORTED", true);
}

BOOST_AUTO_TEST_CASE(a_registry_without_a_journal_says_how_to_get_one) {
  running_registry plain{[](auto& settings) { settings.api.journal_entries = 0; }};
  registry_client asking{plain};
  const auto response = asking.get(journal_path);
  check_error(response, 404, "UNSUPPORTED", true);
  BOOST_TEST(response.body.find("--journal") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(events_follow_requests_as_they_come) {
  registry_client following{server};
  following.send_head("GET", journal_path + "/events");
  BOOST_TEST(eventually([&] { return !following.silent(); }));
  client.get("/v2/");
  client.get("/health");
  BOOST_TEST(count_of(client.get(journal_path + "/wait?count=2")) == 2U);
  server.stop();
  const auto response = following.receive();
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == "text/event-stream");
  BOOST_TEST(response.body.starts_with("id: 1\ndata: {\"sequence\":1,"));
  BOOST_TEST(response.body.find("\n\nid: 2\ndata: {\"sequence\":2,") != std::string::npos);
  BOOST_TEST(response.body.ends_with("}\n\n"));
}

BOOST_AUTO_TEST_CASE(events_resume_after_the_last_one_that_was_seen) {
  for (int i = 0; i < 3; ++i)
    client.get("/v2/");
  registry_client following{server};
  following.send_head("GET", journal_path + "/events", {{"Last-Event-ID", "2"}});
  BOOST_TEST(eventually([&] { return !following.silent(); }));
  server.stop();
  const auto response = following.receive();
  BOOST_TEST(response.body.starts_with("id: 3\n"));
  BOOST_TEST(response.body.find("event: reset") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(events_that_are_gone_are_reported) {
  for (const auto* last : {"0", "9"}) { // replaced, and of an earlier process
    running_registry small{[](auto& settings) { settings.api.journal_entries = 2; }};
    registry_client asking{small};
    for (int i = 0; i < 4; ++i)
      asking.get("/v2/");
    BOOST_TEST(count_of(asking.get(journal_path)) == 2U);
    registry_client following{small};
    following.send_head("GET", journal_path + "/events", {{"Last-Event-ID", last}});
    BOOST_TEST(eventually([&] { return !following.silent(); }));
    small.stop();
    BOOST_TEST(
      following.receive().body.starts_with("event: reset\nid: 2\ndata: {}\n\nid: 3\ndata: "));
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_event_id_is_refused) {
  const http_request wrong{"GET", journal_path + "/events", {{"Last-Event-ID", "x"}}};
  const auto response = expect_error(client, wrong, 400, "BAD_REQUEST");
  BOOST_TEST(response.body.find("Last-Event-ID: 'x' is not") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_fault_that_hit_a_request_is_recorded) {
  const auto set = client.post("/__parlel/faults", {},
                               R"({"name":"slow","match":{"operation":"base"},)"
                               R"("effect":{"status":503}})");
  BOOST_REQUIRE(set.status == 201);
  client.get("/v2/");
  const auto seen = client.get(journal_path + "/wait?operation=base");
  BOOST_TEST(seen.body.find(R"("status":503)") != std::string::npos);
  BOOST_TEST(seen.body.find(R"("fault":"slow")") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
