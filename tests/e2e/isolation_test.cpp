// How tests share a registry: the reset of a part, snapshots, and the clock that tests set.
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;
using texts = std::vector<std::string>;

namespace {

constexpr const char* reset_path = "/__parlel/reset";
constexpr const char* snapshot_path = "/__parlel/snapshot";
constexpr const char* clock_path = "/__parlel/clock";

struct shared_by_tests {
  running_registry server;
  registry_client client{server};

  json::object post(const std::string& target, int status, const std::string& body = {}) {
    const auto response = client.post(target, {}, body);
    BOOST_REQUIRE_MESSAGE(response.status == status, target << ": " << response.body);
    return json::parse(response.body).as_object();
  }
  texts repositories() { return strings_of(client.get("/v2/_catalog").body, "repositories"); }
  json::object clock() { return json::parse(client.get(clock_path).body).as_object(); }
};

void in_folder(gantry::app::registry_options& settings, const temp_dir& folder) {
  settings.data = (folder.path() / "data").string();
  settings.api.steered_by = gantry::api::control::loopback;
}

std::string restore_path(const json::object& snapshot) {
  return snapshot_path + ("/" + std::to_string(snapshot.at("id").to_number<int>())) + "/restore";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(isolation, shared_by_tests)

// --- the reset of a part ---

BOOST_DATA_TEST_CASE(only_repositories_below_the_prefix_are_reset,
                     boost::unit_test::data::make({false, true}), on_disk) {
  const temp_dir folder;
  const running_registry other{[&](gantry::app::registry_options& settings) {
    settings.api.allow_reset = true;
    if (on_disk)
      in_folder(settings, folder);
  }};
  registry_client user{other};
  for (const auto* name : {"team", "team/app", "teams", "a"})
    user.push_image(name, "1", "x");
  const auto doomed = user.start_upload("team/app");
  const auto kept = user.start_upload("teams");
  for (const auto* prefix : {"team/", "team"}) {
    BOOST_TEST(user.post(with_query(reset_path, std::string{"prefix="} + prefix)).body ==
               R"({"ok":true})");
    BOOST_TEST(strings_of(user.get("/v2/_catalog").body, "repositories") == (texts{"a", "teams"}),
               boost::test_tools::per_element());
  }
  BOOST_TEST(user.get(doomed).status == 404);
  BOOST_TEST(user.get(kept).status == 204);
  expect_error(user, {"GET", tags_path("team/app")}, 404, "NAME_UNKNOWN");
  BOOST_TEST(user.get(manifest_path("teams", "1")).status == 200);
  user.push_image("team/app", "2", "x");
  BOOST_TEST(strings_of(user.get(tags_path("team/app")).body, "tags") == texts{"2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(faults_requests_and_clock_stay_when_a_part_is_reset) {
  post("/__parlel/faults", 201, R"({"name":"hub-429"})");
  post(clock_path, 200, R"({"now":"2030-01-01T00:00:00Z","frozen":true})");
  client.get("/v2/");
  post(std::string{reset_path} + "?prefix=team", 200);
  const auto faults = json::parse(client.get("/__parlel/faults").body);
  BOOST_TEST(faults.at("faults").as_array().size() == 1U);
  BOOST_TEST(clock().at("frozen").as_bool());
  const auto seen = client.get("/__parlel/requests/wait?operation=base");
  BOOST_TEST(seen.status == 200);
  post(reset_path, 200);
  BOOST_TEST(clock().at("real").as_bool());
}

BOOST_AUTO_TEST_CASE(a_prefix_that_is_no_name_is_refused) {
  client.push_image("a", "1", "x");
  for (const auto* prefix : {"", "%2F", "Team", "team//", "a%2F%2Fb", "-a"}) {
    const auto refused =
      expect_error(client, {"POST", with_query(reset_path, std::string{"prefix="} + prefix)}, 400,
                   "BAD_REQUEST");
    BOOST_TEST(refused.body.find("prefix: '") != std::string::npos, refused.body);
  }
  BOOST_TEST(repositories() == texts{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_registry_that_refuses_resets_refuses_all_of_them) {
  const running_registry strict{
    [](gantry::app::registry_options& settings) { settings.api.allow_reset = false; }};
  registry_client user{strict};
  user.push_image("a", "1", "x");
  expect_error(user, {"POST", with_query(reset_path, "prefix=a")}, 403, "DENIED");
  BOOST_TEST(user.post(snapshot_path).status == 201);
  expect_error(user, {"POST", "/__parlel/snapshot/1/restore"}, 403, "DENIED");
  BOOST_TEST(user.get(manifest_path("a", "1")).status == 200);
}

// --- snapshots ---

BOOST_AUTO_TEST_CASE(a_restore_brings_back_the_content_of_the_snapshot) {
  const auto image = client.push_image("team/app", "1", "x");
  const auto taken = post(snapshot_path, 201);
  BOOST_TEST(taken.at("repositories").to_number<int>() == 1);
  BOOST_TEST(taken.at("manifests").to_number<int>() == 1);
  client.push_image("team/app", "1", "y");
  client.push_image("other", "1", "y");
  BOOST_TEST(client.erase(manifest_path("team/app", image.digest)).status == 202);
  const auto upload = client.start_upload("team/app");
  post(reset_path, 200);
  BOOST_TEST(repositories().empty());
  for (int round = 0; round < 2; ++round) {
    post(restore_path(taken), 200);
    BOOST_TEST(repositories() == texts{"team/app"}, boost::test_tools::per_element());
    BOOST_TEST(client.get(manifest_path("team/app", "1")).body == image.bytes);
    for (const auto& layer : image.layers)
      BOOST_TEST(client.get(blob_path("team/app", sha256(layer))).body == layer);
    BOOST_TEST(client.get(upload).status == 404);
    client.push_image("team/app", "2", "z");
  }
  const auto list = json::parse(client.get(snapshot_path).body).at("snapshots").as_array();
  BOOST_REQUIRE(list.size() == 1U);
  BOOST_TEST(list.at(0).as_object() == taken);
}

BOOST_AUTO_TEST_CASE(faults_and_requests_stay_when_a_snapshot_is_restored) {
  const auto taken = post(snapshot_path, 201);
  post("/__parlel/faults", 201, R"({"name":"hub-429"})");
  post(restore_path(taken), 200);
  const auto faults = json::parse(client.get("/__parlel/faults").body);
  BOOST_TEST(faults.at("faults").as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(snapshots_are_bounded_and_can_be_removed) {
  for (int i = 0; i < 100; ++i)
    BOOST_REQUIRE(client.post(snapshot_path).status == 201);
  const auto refused = expect_error(client, {"POST", snapshot_path}, 403, "DENIED");
  BOOST_TEST(refused.body.find("the limit is 100") != std::string::npos);
  BOOST_TEST(client.erase("/__parlel/snapshot/1").body == R"({"ok":true})");
  BOOST_TEST(client.post(snapshot_path).status == 201);
  for (const auto* id : {"1", "0", "x", "-1", "99999999999999999999999"}) {
    const auto path = std::string{snapshot_path} + "/" + id;
    expect_error(client, {"DELETE", path}, 404, "UNKNOWN");
    expect_error(client, {"POST", path + "/restore"}, 404, "UNKNOWN");
  }
  expect_error(client, {"GET", "/__parlel/snapshot/2"}, 405, "UNSUPPORTED");
  expect_error(client, {"GET", "/__parlel/snapshot/2/restore"}, 405, "UNSUPPORTED");
  expect_error(client, {"POST", "/__parlel/snapshot/2/other"}, 404, "UNSUPPORTED");
}

BOOST_AUTO_TEST_CASE(a_folder_has_neither_snapshots_nor_another_time) {
  const temp_dir folder;
  const running_registry durable{
    [&](gantry::app::registry_options& settings) { in_folder(settings, folder); }};
  registry_client user{durable};
  for (const auto& request :
       {http_request{"POST", snapshot_path}, http_request{"GET", snapshot_path},
        http_request{"POST", "/__parlel/snapshot/1/restore"},
        http_request{"DELETE", "/__parlel/snapshot/1"}, http_request{"GET", clock_path},
        http_request{"POST", clock_path, {}, R"({"advance":"1h"})"}})
    expect_error(user, request, 501, "UNSUPPORTED");
}

BOOST_AUTO_TEST_CASE(others_than_the_local_machine_find_no_such_paths) {
  const running_registry closed{[](gantry::app::registry_options& settings) {
    settings.api.steered_by = gantry::api::control::off;
  }};
  registry_client user{closed};
  for (const auto* path : {snapshot_path, clock_path}) {
    expect_error(user, {"POST", path}, 404, "UNSUPPORTED");
    expect_error(user, {"GET", path}, 404, "UNSUPPORTED");
  }
}

// --- the clock ---

BOOST_AUTO_TEST_CASE(an_upload_is_gone_right_after_its_time) {
  const auto upload = client.start_upload("a");
  post(clock_path, 200, R"({"advance":"23h"})");
  BOOST_TEST(client.get(upload).status == 204); // counts as a request for it
  post(clock_path, 200, R"({"advance":"23h"})");
  BOOST_TEST(client.patch(upload, {}, "more").status == 202);
  post(clock_path, 200, R"({"advance":"1d"})");
  expect_error(client, {"PATCH", upload, {}, "late"}, 404, "BLOB_UPLOAD_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(a_blob_without_a_link_goes_with_its_lease) {
  const auto digest = client.push_blob("a", "a loose blob");
  post(clock_path, 200, R"({"advance":"30m"})");
  BOOST_TEST(client.head(blob_path("a", digest)).status == 200); // renews the lease
  post(clock_path, 200, R"({"advance":"59m"})");
  client.post("/__gantry/gc");
  BOOST_TEST(client.get(blob_path("a", digest)).status == 200);
  post(clock_path, 200, R"({"advance":"2h"})");
  client.post("/__gantry/gc");
  BOOST_TEST(client.get(blob_path("a", digest)).status == 404);
}

BOOST_AUTO_TEST_CASE(the_time_is_set_frozen_and_real_again) {
  BOOST_TEST(clock().at("real").as_bool());
  const auto set = post(clock_path, 200, R"({"now":"2026-01-31T12:00:00Z","frozen":true})");
  BOOST_TEST(json::serialize(set) ==
             R"({"now":"2026-01-31T12:00:00.000000Z","frozen":true,"real":false})");
  BOOST_TEST(clock() == set);
  post(clock_path, 200, R"({"advance":"90s"})");
  BOOST_TEST(clock().at("now").as_string() == "2026-01-31T12:01:30.000000Z");
  BOOST_TEST(!post(clock_path, 200, R"({"frozen":false})").at("frozen").as_bool());
  BOOST_TEST(post(clock_path, 200, R"({"real":true})").at("real").as_bool());
  // Uploads of a time that is gone stay usable.
  const auto upload = client.start_upload("a");
  post(clock_path, 200, R"({"now":"2001-01-01T00:00:00Z"})");
  BOOST_TEST(client.patch(upload, {}, "more").status == 202);
}

BOOST_AUTO_TEST_CASE(a_mistake_in_the_clock_is_named) {
  for (const auto& [body, member] :
       std::vector<std::pair<std::string, std::string>>{{R"({"now":"noon"})", "now: "},
                                                        {R"({"advance":"-1h"})", "advance: "},
                                                        {R"({"advance":"30y"})", "advance: "},
                                                        {R"({"frozen":1})", "frozen: "},
                                                        {R"({})", "now: "},
                                                        {R"({"speed":2})", "speed: "}}) {
    const auto refused = expect_error(client, {"POST", clock_path, {}, body}, 400, "BAD_REQUEST");
    BOOST_TEST(refused.body.find("\"detail\":\"" + member) != std::string::npos, refused.body);
  }
  post(clock_path, 200, R"({"now":"2199-12-31T00:00:00Z"})");
  expect_error(client, {"POST", clock_path, {}, R"({"advance":"365d"})"}, 400, "BAD_REQUEST");
  expect_error(client, {"POST", clock_path, {}, std::string(5000, ' ')}, 413, "SIZE_INVALID");
}

BOOST_AUTO_TEST_SUITE_END()
