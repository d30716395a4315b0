// Injected faults, as clients see them on the wire.
#include "e2e/manifest_fields.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::test;
namespace json = boost::json;

namespace {

constexpr const char* faults_path = "/__parlel/faults";

struct faulty_registry {
  running_registry server;
  registry_client client{server};
  registry_client steering{server};

  /// Sets a fault; returns its number.
  std::uint64_t set(const std::string& rule) {
    const auto response = steering.post(faults_path, {}, rule);
    BOOST_REQUIRE_MESSAGE(response.status == 201, response.body);
    const auto list = json::parse(response.body).as_object().at("faults").as_array();
    return list.at(0).at("id").to_number<std::uint64_t>();
  }
  json::object first() {
    const auto response = steering.get(faults_path);
    return json::parse(response.body).as_object().at("faults").as_array().at(0).as_object();
  }
};

std::string put_target(const std::string& tag = "v1") {
  return manifest_path("team/app", tag);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(faults, faulty_registry)

BOOST_AUTO_TEST_CASE(every_second_manifest_is_answered_with_504) {
  set(R"({"name":"manifest-put-504-every-2nd"})");
  const auto manifest = lone_manifest("a");
  BOOST_TEST(client.put(put_target(), as_index, manifest).status == 201);
  const auto failed = client.put(put_target(), as_index, manifest);
  BOOST_TEST(failed.status == 504);
  BOOST_TEST(failed.header("Content-Type") == "text/html");
  BOOST_TEST(client.put(put_target(), as_index, manifest).status == 201);
  const auto shown = first();
  BOOST_TEST(shown.at("matched").to_number<int>() == 3);
  BOOST_TEST(shown.at("hits").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(a_request_may_take_effect_before_its_response_is_replaced) {
  set(R"({"match":{"operation":"put_manifest"},"nth":1,"effect":{"status":504,"after":true}})");
  BOOST_TEST(client.put(put_target(), as_index, lone_manifest("a")).status == 504);
  BOOST_TEST(client.get(put_target()).status == 200);
}

BOOST_AUTO_TEST_CASE(without_after_a_request_has_no_effect) {
  set(R"({"match":{"operation":"put_manifest"},"nth":1,"effect":{"status":504}})");
  BOOST_TEST(client.put(put_target(), as_index, lone_manifest("a")).status == 504);
  BOOST_TEST(client.get(put_target()).status == 404);
}

BOOST_AUTO_TEST_CASE(an_error_has_the_shape_of_the_registrys_own) {
  set(R"({"match":{"operation":"get_manifest"},"effect":{"status":429,"code":"TOOMANYREQUESTS",)"
      R"("message":"too fast","headers":{"Retry-After":"3"}}})");
  const auto response = client.get(put_target());
  BOOST_TEST(response.status == 429);
  BOOST_TEST(response.header("Retry-After") == "3");
  BOOST_TEST(response.header("Content-Type") == "application/json");
  BOOST_TEST(response.body ==
             R"({"errors":[{"code":"TOOMANYREQUESTS","message":"too fast","detail":null}]})");
}

BOOST_AUTO_TEST_CASE(other_repositories_are_not_hit) {
  client.push_manifest("team/app", "v1", lone_manifest("a"));
  client.push_manifest("other", "v1", lone_manifest("a"));
  set(R"({"name":"hub-429","match":{"repository":"team/*"}})");
  BOOST_TEST(client.get(put_target()).status == 429);
  BOOST_TEST(client.get(manifest_path("other", "v1")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_connection_is_reset_before_any_byte) {
  const auto digest = client.push_blob("team/app", noise(1000));
  set(R"({"name":"blob-get-reset"})");
  client.send_head("GET", blob_path("team/app", digest));
  BOOST_CHECK_EXCEPTION(client.receive(), http_failure,
                        [](const http_failure& broken) { return broken.reset(); });
  registry_client again{server};
  BOOST_TEST(again.get(blob_path("team/app", digest)).status == 200);
}

BOOST_AUTO_TEST_CASE(a_body_ends_early) {
  const auto digest = client.push_blob("team/app", noise(1000));
  set(R"({"name":"blob-truncated"})");
  client.send_head("GET", blob_path("team/app", digest));
  const auto text = client.read_until_close();
  BOOST_TEST(text.find("Content-Length: 1000\r\n") != std::string::npos);
  BOOST_TEST(text.size() - text.find("\r\n\r\n") - 4 == 100u);
}

BOOST_AUTO_TEST_CASE(one_byte_of_a_body_is_wrong) {
  // In memory a small blob is sent as text, a large one from a mapping.
  for (const std::size_t size : {1000U, 3'000'000U}) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      auto bytes = noise(size);
      const auto digest = client.push_blob("team/app", bytes);
      for (const std::size_t offset : {std::size_t{0}, size / 2, size - 1}) {
        const auto number = set(R"({"match":{"operation":"get_blob"},"effect":{"corrupt_byte":)" +
                                std::to_string(offset) + "}}");
        const auto response = client.get(blob_path("team/app", digest));
        auto expected = bytes;
        expected[offset] = static_cast<char>(~expected[offset]);
        BOOST_TEST((response.body == expected), "at " << offset);
        BOOST_TEST(steering.erase(faults_path + ("/" + std::to_string(number))).status == 200);
      }
      BOOST_TEST((client.get(blob_path("team/app", digest)).body == bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_digest_header_names_other_content) {
  const auto digest = client.push_manifest("team/app", "v1", lone_manifest("a"));
  set(R"({"name":"digest-header-wrong"})");
  const auto response = client.get(put_target());
  BOOST_TEST(response.status == 200);
  BOOST_TEST(sha256(response.body) == digest);
  const auto named = response.header("Docker-Content-Digest");
  BOOST_TEST(named != digest);
  BOOST_TEST(named.size() == digest.size());
}

BOOST_AUTO_TEST_CASE(a_content_length_is_declared_that_is_not_true) {
  client.push_manifest("team/app", "v1", lone_manifest("a"));
  set(R"({"match":{"operation":"get_manifest"},"effect":{"content_length":5000}})");
  client.send_head("GET", put_target());
  const auto text = client.read_until_close();
  BOOST_TEST(text.find("Content-Length: 5000\r\n") != std::string::npos);
  BOOST_TEST(text.ends_with(lone_manifest("a")));
}

BOOST_AUTO_TEST_CASE(a_location_is_absent_or_points_elsewhere) {
  const auto location = [&](const std::string& rule) {
    const auto number = set(rule);
    const auto response = client.post(uploads_path("team/app"));
    BOOST_TEST(response.status == 202);
    steering.erase(faults_path + ("/" + std::to_string(number)));
    return response.header("Location");
  };
  BOOST_TEST(location(R"({"name":"location-absent"})").empty());
  BOOST_TEST(location(R"({"name":"location-https"})")
               .starts_with("https://" + server.authority() + "/v2/team/app/blobs/uploads/"));
  BOOST_TEST(location(R"({"name":"location-other-port"})")
               .starts_with("http://127.0.0.1:9/v2/team/app/blobs/uploads/"));
}

BOOST_AUTO_TEST_CASE(a_redirect_carries_the_target) {
  const auto digest = client.push_blob("team/app", "x");
  set(R"({"name":"blob-redirect"})");
  const auto response = client.get(blob_path("team/app", digest));
  BOOST_TEST(response.status == 307);
  BOOST_TEST(response.header("Location") == "http://127.0.0.1:9" + blob_path("team/app", digest));
}

BOOST_AUTO_TEST_CASE(a_list_has_no_end) {
  client.push_manifest("team/app", "v1", lone_manifest("a"));
  set(R"({"name":"link-loop"})");
  const auto target = tags_path("team/app", "n=1");
  BOOST_TEST(client.get(target).header("Link") == "<" + target + ">; rel=\"next\"");
}

BOOST_AUTO_TEST_CASE(an_upload_is_refused_at_its_end_with_a_challenge) {
  set(R"({"name":"unauthorized-mid-push"})");
  const auto location = client.start_upload("team/app");
  const auto response = client.put(location + "?digest=" + sha256("x"), {}, "x");
  BOOST_TEST(response.status == 401);
  BOOST_TEST(response.header("WWW-Authenticate") == "Basic realm=\"gantry\"");
  BOOST_TEST(client.put(location + "?digest=" + sha256("x"), {}, "x").status == 201);
}

BOOST_AUTO_TEST_CASE(the_first_chunk_is_refused_and_the_upload_goes_on) {
  set(R"({"name":"chunk-416"})");
  const auto location = client.start_upload("team/app");
  BOOST_TEST(client.patch(location, {}, "abc").status == 416);
  BOOST_TEST(client.upload_offset(location) == 0u);
  BOOST_TEST(client.patch(location, {}, "abc").status == 202);
}

BOOST_AUTO_TEST_CASE(a_delay_and_a_rate_change_nothing_else) {
  const auto digest = client.push_blob("team/app", noise(2000));
  set(R"({"match":{"operation":"get_blob"},"effect":{"delay":"5ms","rate":"1MiB"}})");
  const auto response = client.get(blob_path("team/app", digest));
  BOOST_TEST(response.status == 200);
  BOOST_TEST((response.body == noise(2000)));
}

BOOST_AUTO_TEST_CASE(a_connection_is_reset_within_a_request_and_what_came_is_kept) {
  const auto location = client.start_upload("team/app");
  set(R"({"match":{"operation":"append_upload"},"nth":1,"effect":{"reset_after_request":300000}})");
  const auto bytes = noise(1'000'000);
  client.send_head("PATCH", location, {{"Content-Length", "1000000"}});
  client.send(bytes.substr(0, 300'000));
  BOOST_CHECK_EXCEPTION(client.receive(), http_failure,
                        [](const http_failure& broken) { return broken.reset(); });
  registry_client again{server};
  BOOST_TEST(again.upload_offset(location) == 300'000u);
  BOOST_TEST(again.patch(location, {}, bytes.substr(300'000)).status == 202);
  const auto end = again.put(location + "?digest=" + sha256(bytes));
  BOOST_TEST(end.status == 201);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_shorter_than_the_reset_is_not_hit) {
  set(R"({"match":{"operation":"put_manifest"},"effect":{"reset_after_request":100000}})");
  BOOST_TEST(client.put(put_target(), as_index, lone_manifest("a")).status == 201);
}

BOOST_AUTO_TEST_CASE(a_reset_after_no_byte_of_a_request_comes_before_100_continue) {
  set(R"({"match":{"operation":"put_manifest"},"effect":{"reset_after_request":0}})");
  client.send_head("PUT", put_target(), {{"Content-Length", "100"}, {"Expect", "100-continue"}});
  BOOST_CHECK_EXCEPTION(client.receive_any(), http_failure,
                        [](const http_failure& broken) { return broken.reset(); });
}

BOOST_AUTO_TEST_CASE(an_upload_that_is_read_slowly_arrives_whole) {
  set(R"({"match":{"operation":"finish_upload"},"effect":{"upload_rate":"1MiB"}})");
  const auto bytes = noise(200'000);
  const auto digest = client.push_blob("team/app", bytes);
  BOOST_TEST((client.get(blob_path("team/app", digest)).body == bytes));
  BOOST_TEST(steering.get(faults_path).body.find(R"("matched":1,"hits":1)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_steers_is_never_hit) {
  set(R"({"effect":{"status":503}})");
  BOOST_TEST(client.get("/v2/").status == 503);
  BOOST_TEST(steering.get(faults_path).status == 200);
  BOOST_TEST(steering.erase(faults_path).status == 200);
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_reset_removes_all_faults) {
  set(R"({"match":{"operation":"base"},"effect":{"status":503}})");
  BOOST_TEST(client.post("/__parlel/reset").status == 200);
  BOOST_TEST(client.get("/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_mistake_is_named_and_sets_nothing) {
  const auto response =
    steering.post(faults_path, {}, R"([{"effect":{"status":503}},{"effect":{"delay":"x"}}])");
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.body.find("1.effect.delay") != std::string::npos);
  BOOST_TEST(client.get("/v2/").status == 200);
  expect_error(steering, {.method = "DELETE", .target = "/__parlel/faults/7"}, 404, "UNKNOWN");
  expect_error(steering, {.method = "DELETE", .target = "/__parlel/faults/x"}, 404, "UNKNOWN");
  BOOST_TEST(steering.post(faults_path, {}, std::string(300'000, ' ')).status == 413);
}

BOOST_AUTO_TEST_CASE(faults_of_a_file_are_set_at_startup) {
  temp_dir folder;
  const auto file =
    folder.write("faults.json", R"([{"match":{"operation":"base"},"effect":{"status":503}}])");
  running_registry started{[&](auto& settings) { settings.faults = file.string(); }};
  registry_client asking{started};
  BOOST_TEST(asking.get("/v2/").status == 503);
}

BOOST_AUTO_TEST_CASE(a_broken_file_of_faults_says_what_is_wrong) {
  temp_dir folder;
  const auto file = folder.write("faults.json", R"([{"effect":{"status":1}}])");
  const auto start = [&](const std::string& name) {
    running_registry started{[&](auto& settings) { settings.faults = name; }};
  };
  BOOST_CHECK_EXCEPTION(start(file.string()), std::runtime_error, [](const auto& failed) {
    return std::string{failed.what()}.find("0.effect.status") != std::string::npos;
  });
  BOOST_CHECK_EXCEPTION(start("/nowhere"), std::runtime_error, [](const auto& failed) {
    return std::string{failed.what()} == "--faults /nowhere: this file cannot be read";
  });
}

BOOST_AUTO_TEST_SUITE_END()
