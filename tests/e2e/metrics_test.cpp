// Metrics and health, as Prometheus and an orchestrator read them over a socket.
#include "e2e/alice.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"
#include "telemetry/metric_table.hpp"
#include "webhooks/samples.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>

using namespace gantry::test;

namespace {

/// The samples of a scrape by name and labels: `name{label="value"}`.
using samples = std::map<std::string, double>;

samples read_samples(const std::string& text) {
  samples found;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#')) {
      const auto blank = line.rfind(' ');
      BOOST_TEST(found.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second,
                 line << " comes twice");
    }
  return found;
}

samples scrape(registry_client& client, const std::string& path = "/metrics") {
  const auto response = client.get(path);
  BOOST_TEST_REQUIRE(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  return read_samples(response.body);
}

double value_of(const samples& found, const std::string& name) {
  const auto at = found.find(name);
  return at == found.end() ? 0 : at->second;
}

struct measured_registry {
  running_registry server;
  registry_client client{server};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics, measured_registry)

BOOST_AUTO_TEST_CASE(requests_are_counted_by_operation_method_and_code) {
  const auto image = client.push_image("team/app", "1", "x");
  client.get(manifest_path("team/app", "1"));
  client.get(manifest_path("team/app", "1"));
  client.head(manifest_path("team/app", "1"));
  client.get(manifest_path("team/app", "none"));
  client.get("/nowhere");
  const auto found = scrape(client);
  const auto requests = [&](const std::string& labels) {
    return value_of(found, "registry_http_requests_total{" + labels + "}");
  };
  BOOST_TEST(requests(R"(handler="get_manifest",method="get",code="200")") == 2);
  BOOST_TEST(requests(R"(handler="get_manifest",method="head",code="200")") == 1);
  BOOST_TEST(requests(R"(handler="get_manifest",method="get",code="404")") == 1);
  BOOST_TEST(requests(R"(handler="put_manifest",method="put",code="201")") == 1);
  BOOST_TEST(requests(R"(handler="none",method="none",code="404")") == 1);
  const auto durations = "registry_http_request_duration_seconds";
  const std::string get = R"({handler="get_manifest",method="get")";
  BOOST_TEST(value_of(found, std::string{durations} + "_count" + get + "}") == 3);
  BOOST_TEST(value_of(found, std::string{durations} + "_bucket" + get + R"(,le="+Inf"})") == 3);
  BOOST_TEST(value_of(found, "registry_http_in_flight_requests") == 1); // the scrape itself
}

BOOST_AUTO_TEST_CASE(bytes_of_blobs_are_counted_once) {
  const auto id = client.push_blob("a", noise(5'000, 1));
  client.get(blob_path("a", id));
  client.head(blob_path("a", id));
  client.get(blob_path("a", digest_of_nothing()));
  const auto found = scrape(client);
  BOOST_TEST(value_of(found, "registry_storage_blob_upload_bytes_count") == 1);
  BOOST_TEST(value_of(found, "registry_storage_blob_upload_bytes_sum") == 5'000);
  BOOST_TEST(value_of(found, "registry_storage_blob_download_bytes_count") == 1);
  BOOST_TEST(value_of(found, "registry_storage_blob_download_bytes_sum") > 5'000);
  BOOST_TEST(value_of(found, R"(gantry_hashed_bytes_total{by="session"})") +
               value_of(found, R"(gantry_hashed_bytes_total{by="digester"})") ==
             5'000);
}

BOOST_AUTO_TEST_CASE(what_is_open_and_used_is_shown) {
  client.start_upload("a");
  client.start_upload("a");
  const auto found = scrape(client);
  BOOST_TEST(value_of(found, "gantry_uploads_open") == 2);
  BOOST_TEST(value_of(found, "gantry_repositories_awake") == 1);
  BOOST_TEST(value_of(found, "gantry_connections") == 1);
  BOOST_TEST(value_of(found, "gantry_ready") == 1);
  BOOST_TEST(value_of(found, "gantry_storage_full") == 0);
  BOOST_TEST(value_of(found, "gantry_storage_limit_bytes") > 0);
  BOOST_TEST(value_of(found, "process_resident_memory_bytes") > 1e6);
  BOOST_TEST(value_of(found, "gantry_actors") > 5);
}

BOOST_AUTO_TEST_CASE(collections_are_counted) {
  client.post("/__gantry/gc?dry_run=true");
  client.post("/__gantry/gc");
  client.post("/__gantry/gc");
  const auto found = scrape(client);
  BOOST_TEST(value_of(found, R"(registry_gc_runs_total{noop="true"})") == 1);
  BOOST_TEST(value_of(found, R"(registry_gc_runs_total{noop="false"})") == 2);
  BOOST_TEST(value_of(found, "registry_gc_errors_total") == 0);
  BOOST_TEST(value_of(found, "registry_gc_last_run_timestamp_seconds") > 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_within_its_body_is_no_bad_request) {
  const auto location = client.start_upload("a");
  {
    registry_client leaving{server};
    leaving.send_head("PATCH", location, {{"Content-Length", "1000"}});
    leaving.send("some");
  }
  const auto left =
    R"(registry_http_requests_total{handler="append_upload",method="patch",code="499"})";
  BOOST_TEST(eventually([&] { return value_of(scrape(client), left) == 1; }));
}

BOOST_AUTO_TEST_CASE(no_label_names_a_repository_or_a_path) {
  client.push_image("very/special/name", "tag-17", "x");
  client.get("/v2/other/special/tags/list");
  const auto text = client.get("/metrics").body;
  for (const auto* secret : {"special", "tag-17", "sha256"})
    BOOST_TEST(text.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_CASE(each_metric_of_a_scrape_is_in_the_table_and_the_other_way_round) {
  const temp_dir folder;
  const listener told;
  running_registry durable{[&](auto& settings) {
    settings.data = (folder.path() / "data").string();
    settings.webhooks.push_back({.name = "one", .url = told.url()});
    settings.quotas = {{.name = "all", .bytes = 1'000'000, .tags = 100}};
    settings.audit_file = (folder.path() / "audit").string();
    settings.traces.endpoint = "http://127.0.0.1:1";
    settings.traces.which.own = gantry::telemetry::sampler::kind::always_off; // nothing is sent
  }};
  client.push_image("a", "1", "x");
  registry_client other{durable};
  other.push_manifest("a", "1", lone_manifest("x"));
  BOOST_TEST(eventually([&] {
    return other.get("/metrics").body.find("registry_notifications_status_total{") !=
           std::string::npos;
  }));
  std::set<std::string> shown;
  for (const auto& text :
       {client.get("/metrics").body + client.get("/metrics").body, other.get("/metrics").body}) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("# TYPE "))
        shown.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  std::set<std::string> known;
  for (const auto& row : gantry::telemetry::metrics())
    known.emplace(row.name);
  BOOST_TEST(shown == known, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_debug_address_has_metrics_and_the_other_has_none) {
  running_registry split{[](auto& settings) {
    settings.debug_address = "127.0.0.1:0";
    settings.metrics_path = "/custom";
  }};
  registry_client outside{split};
  registry_client inside{split.debug_port()};
  BOOST_TEST(outside.get("/metrics").status == 404);
  BOOST_TEST(value_of(scrape(inside, "/custom"), "gantry_ready") == 1);
  for (const auto* path : {"/health", "/livez", "/readyz"})
    BOOST_TEST(inside.get(path).body == R"({"status":"ok"})", path);
  BOOST_TEST(inside.get("/metrics").status == 404);
  BOOST_TEST(inside.get("/v2/").status == 404);
  const auto refused = inside.post("/readyz");
  BOOST_TEST(refused.status == 405);
  BOOST_TEST(refused.header("Allow") == "GET, HEAD");
  BOOST_TEST(inside.head("/custom").body.empty());
}

BOOST_AUTO_TEST_CASE(a_debug_address_that_is_taken_stops_the_start) {
  const auto same = [this](auto& settings) { settings.debug_address = server.authority(); };
  BOOST_CHECK_EXCEPTION(running_registry{same}, std::runtime_error, [this](const auto& failure) {
    return std::string{failure.what()}.starts_with("cannot listen on " + server.authority());
  });
}

BOOST_AUTO_TEST_CASE(metrics_can_be_turned_off) {
  running_registry quiet{[](auto& settings) { settings.metrics = false; }};
  registry_client asking{quiet};
  expect_error(asking, {"GET", "/metrics"}, 404, "UNSUPPORTED");
}

BOOST_AUTO_TEST_CASE(with_users_metrics_need_a_login_and_failed_ones_are_counted) {
  const temp_dir folder;
  folder.write("htpasswd", alice_line());
  running_registry guarded{
    [&](auto& settings) { settings.htpasswd = (folder.path() / "htpasswd").string(); }};
  registry_client asking{guarded};
  BOOST_TEST(asking.get("/metrics").status == 401);
  BOOST_TEST(asking.get("/livez").status == 200);
  asking.get("/v2/", {{"Authorization", "Basic YWxpY2U6d3Jvbmc="}});
  std::string text;
  for (int i = 0; i < 3; ++i) // hashed, remembered, and repeated on the same connection
    text = asking.get("/metrics", {{"Authorization", "Basic YWxpY2U6cmlnaHQ="}}).body;
  const auto found = read_samples(text);
  BOOST_TEST(value_of(found, R"(gantry_logins_total{outcome="refused"})") == 1);
  BOOST_TEST(value_of(found, R"(gantry_logins_total{outcome="accepted"})") == 3);
}

BOOST_AUTO_TEST_CASE(a_registry_that_is_not_ready_says_why) {
  const temp_dir folder;
  const auto data = folder.path() / "data";
  running_registry durable{[&](auto& settings) {
    settings.data = data.string();
    settings.debug_address = "127.0.0.1:0";
  }};
  registry_client inside{durable.debug_port()};
  std::filesystem::rename(data, folder.path() / "moved");
  const auto response = inside.get("/readyz");
  BOOST_TEST(response.status == 503);
  BOOST_TEST(response.body.find("the data folder was removed or replaced") != std::string::npos);
  BOOST_TEST(value_of(scrape(inside), "gantry_ready") == 0);
  BOOST_TEST(inside.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(a_read_only_registry_is_ready_and_says_what_it_refuses) {
  server.apply([](auto& settings) { settings.api.read_only = true; });
  const auto body = boost::json::parse(client.get("/readyz").body);
  BOOST_TEST(body.at("status").as_string() == "limited");
  BOOST_TEST(body.at("reason").as_string().starts_with("the server is read-only"));
}

BOOST_AUTO_TEST_CASE(the_status_tells_an_operator_what_is_used) {
  client.start_upload("a");
  client.post("/__gantry/gc");
  const auto status = boost::json::parse(client.get("/__gantry/status").body);
  BOOST_TEST(status.at("ready").as_bool());
  BOOST_TEST(status.at("uploads").at("open").as_int64() == 1);
  BOOST_TEST(status.at("collection").at("runs").as_int64() == 1);
  BOOST_TEST(status.at("collection").at("ended").is_string());
  BOOST_TEST(status.at("storage").at("free").is_null());
  BOOST_TEST(status.at("in_flight").at("uploads").at("limit").as_int64() > 0);
}

BOOST_AUTO_TEST_SUITE_END()
