// A registry in the test's own process, used as a consumer uses it.
#include <gantry/registry.hpp>

#include "support/http_client.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace gantry::test;

namespace {

using strings = std::vector<std::string>;

/// In memory, without a seed.
gantry::options empty() {
  gantry::options chosen;
  chosen.seed = "false";
  chosen.threads = 2;
  return chosen;
}

struct started : gantry::registry {
  explicit started(const gantry::options& chosen = empty()) : gantry::registry{chosen} { start(); }
};

http_response get(const gantry::registry& registry, const std::string& target) {
  return http_connection{registry.port()}.request("GET", target);
}

} // namespace

BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(it_answers_at_its_address_until_it_is_stopped) {
  started registry;
  const auto port = registry.port();
  BOOST_TEST(registry.host() == "127.0.0.1:" + std::to_string(port));
  BOOST_TEST(registry.url() == "http://" + registry.host());
  BOOST_TEST(get(registry, "/v2/").status == 200);
  registry.stop();
  registry.stop();
  BOOST_CHECK_THROW(http_connection{port}, http_failure);
  BOOST_CHECK_THROW(registry.start(), std::logic_error);
}

BOOST_AUTO_TEST_CASE(the_default_seed_can_be_pulled) {
  gantry::registry registry;
  registry.start();
  BOOST_TEST(registry.repositories() == strings{"library/hello-world"});
  BOOST_TEST(registry.tags("library/hello-world") == strings{"latest"});
}

BOOST_AUTO_TEST_CASE(an_address_for_all_interfaces_gives_the_loopback_one) {
  auto chosen = empty();
  chosen.address = ":0";
  started registry{chosen};
  BOOST_TEST(registry.host() == "127.0.0.1:" + std::to_string(registry.port()));
  BOOST_TEST(get(registry, "/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_pushed_image_is_served_under_its_tag_and_its_digest) {
  started registry;
  const std::string large(3'000'000, 'x');
  const auto digest = registry.push({"team/app", "1.0", {"first layer", large}});
  const auto manifest = get(registry, "/v2/team/app/manifests/1.0");
  BOOST_TEST(manifest.status == 200);
  BOOST_TEST(manifest.header("Docker-Content-Digest") == digest);
  BOOST_TEST(manifest.header("Content-Type") == "application/vnd.oci.image.manifest.v1+json");
  BOOST_TEST(get(registry, "/v2/team/app/manifests/" + digest).body == manifest.body);
  const auto begin = manifest.body.rfind("sha256:");
  const auto layer = manifest.body.substr(begin, manifest.body.find('"', begin) - begin);
  BOOST_TEST((get(registry, "/v2/team/app/blobs/" + layer).body == large));
}

BOOST_AUTO_TEST_CASE(equal_images_have_equal_digests_and_others_do_not) {
  started registry;
  gantry::image image{"a", "1", {"layer"}};
  const auto first = registry.push(image);
  image.tag = "2";
  BOOST_TEST(registry.push(image) == first);
  image.annotations = {{"mark", "other"}};
  image.tag = "";
  BOOST_TEST(registry.push(image) != first);
  BOOST_TEST(registry.tags("a") == (strings{"1", "2"}));
}

BOOST_AUTO_TEST_CASE(lists_are_complete_and_sorted) {
  started registry;
  for (int i = 1500; i > 0; --i)
    registry.push({"many", "t" + std::to_string(10'000 + i), {}});
  registry.push({"alone", "only", {}});
  const auto tags = registry.tags("many");
  BOOST_TEST(tags.size() == 1500);
  BOOST_TEST(tags.front() == "t10001");
  BOOST_TEST(tags.back() == "t11500");
  BOOST_TEST(registry.repositories() == (strings{"alone", "many"}));
  BOOST_TEST(registry.tags("absent").empty());
}

BOOST_AUTO_TEST_CASE(a_reset_leaves_only_the_seed) {
  gantry::registry registry;
  registry.start();
  registry.push({"a", "1", {"layer"}});
  BOOST_TEST(registry.repositories().size() == 2);
  registry.reset();
  BOOST_TEST(registry.repositories() == strings{"library/hello-world"});
  registry.push({"a", "1", {"layer"}});
  BOOST_TEST(registry.tags("a") == strings{"1"});
}

BOOST_AUTO_TEST_CASE(limits_of_clients_do_not_bind_the_owner) {
  auto chosen = empty();
  chosen.read_only = true;
  started registry{chosen};
  registry.push({"a", "1", {"layer"}});
  BOOST_TEST(get(registry, "/v2/a/manifests/1").status == 200);
  const auto refused = http_connection{registry.port()}.request("POST", "/v2/a/blobs/uploads/");
  BOOST_TEST(refused.status == 405);
}

BOOST_AUTO_TEST_CASE(names_that_are_not_valid_are_mistakes_of_the_caller) {
  started registry;
  BOOST_CHECK_THROW(registry.push({"Upper", "1", {}}), std::invalid_argument);
  BOOST_CHECK_THROW(registry.push({"a", "not a tag", {}}), std::invalid_argument);
  BOOST_CHECK_THROW(registry.tags("//"), std::invalid_argument);
  BOOST_TEST(registry.repositories().empty());
}

BOOST_AUTO_TEST_CASE(an_image_that_is_refused_says_why) {
  auto chosen = empty();
  chosen.set("--immutable-tags", "1.*");
  started registry{chosen};
  registry.push({"a", "1.0", {"layer"}});
  try {
    registry.push({"a", "1.0", {"another layer"}});
    BOOST_ERROR("an immutable tag was moved");
  } catch (const std::runtime_error& refused) {
    BOOST_TEST(std::string{refused.what()}.starts_with("tag_immutable"));
  }
}

BOOST_AUTO_TEST_CASE(a_full_registry_refuses_an_image_and_keeps_nothing_of_it) {
  auto chosen = empty();
  chosen.memory_limit = 4 * 1024 * 1024;
  started registry{chosen};
  for (int i = 0; i < 3; ++i)
    BOOST_CHECK_THROW(registry.push({"a", "1", {std::string(8'000'000, 'x')}}), std::runtime_error);
  registry.push({"a", "1", {std::string(1'000'000, 'x')}});
}

BOOST_AUTO_TEST_CASE(members_need_a_started_registry) {
  gantry::registry registry{empty()};
  BOOST_CHECK_THROW(registry.url(), std::logic_error);
  BOOST_CHECK_THROW(registry.tags("a"), std::logic_error);
  registry.start();
  BOOST_CHECK_THROW(registry.start(), std::logic_error);
  registry.stop();
  BOOST_CHECK_THROW(registry.reset(), std::logic_error);
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_named) {
  started first;
  auto chosen = empty();
  chosen.address = first.host();
  gantry::registry second{chosen};
  try {
    second.start();
    BOOST_ERROR("two registries have one address");
  } catch (const std::runtime_error& refused) {
    const std::string text = refused.what();
    BOOST_TEST(text.starts_with("cannot listen on " + first.host()));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_keeps_content_and_is_released_by_stop) {
  const temp_dir folder;
  auto chosen = empty();
  chosen.data = folder.path().string();
  started first{chosen};
  first.push({"a", "1", {"layer"}});
  BOOST_CHECK_THROW(gantry::registry{chosen}, std::runtime_error);
  first.stop();
  started second{chosen};
  BOOST_TEST(second.tags("a") == strings{"1"});
}

BOOST_AUTO_TEST_CASE(a_registry_can_be_moved) {
  started first;
  first.push({"a", "1", {}});
  gantry::registry second{std::move(first)};
  BOOST_TEST(second.tags("a") == strings{"1"});
  second = gantry::registry{empty()};
  second.start();
  BOOST_TEST(second.repositories().empty());
}

BOOST_AUTO_TEST_CASE(members_can_be_called_from_many_threads) {
  started registry;
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 8; ++i)
    threads.push_back(std::async(std::launch::async, [&registry, i] {
      const auto name = "r" + std::to_string(i % 3);
      for (int k = 0; k < 20; ++k) {
        registry.push({name, std::to_string(i) + "-" + std::to_string(k), {"common", name}});
        registry.tags(name);
        registry.repositories();
      }
    }));
  for (auto& each : threads)
    each.get();
  std::size_t tags = 0;
  for (const auto& name : registry.repositories())
    tags += registry.tags(name).size();
  BOOST_TEST(tags == 8 * 20);
}

BOOST_AUTO_TEST_CASE(resets_and_pushes_at_once_leave_a_registry_that_works) {
  started registry;
  std::atomic<bool> stopping{false};
  auto pushes = std::async(std::launch::async, [&] {
    for (int i = 0; !stopping; ++i)
      try {
        registry.push({"a", std::to_string(i), {"layer of " + std::to_string(i)}});
      } catch (const std::runtime_error&) { // the reset took its upload away
      }
  });
  for (int i = 0; i < 20; ++i)
    registry.reset();
  stopping = true;
  pushes.get();
  registry.reset();
  BOOST_TEST(registry.repositories().empty());
  registry.push({"a", "1", {"layer"}});
  BOOST_TEST(registry.tags("a") == strings{"1"});
}

BOOST_AUTO_TEST_CASE(a_part_is_reset) {
  started registry;
  for (const auto* name : {"team", "team/app", "teams"})
    registry.push({name, "1", {"layer"}});
  registry.fail("hub-429");
  registry.reset("team/app");
  BOOST_TEST(registry.repositories() == (strings{"team", "teams"}));
  registry.reset("team/");
  BOOST_TEST(registry.repositories() == strings{"teams"});
  BOOST_TEST(get(registry, "/v2/teams/manifests/1").status == 429);
  for (const auto* wrong : {"", "/", "Team", "a//b"})
    BOOST_CHECK_THROW(registry.reset(wrong), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_restored_before_each_test) {
  started registry;
  const auto digest = registry.push({"team/app", "1", {"layer"}});
  const auto prepared = registry.snapshot();
  for (int round = 0; round < 2; ++round) {
    registry.push({"team/app", "2", {"other"}});
    registry.reset();
    registry.restore(prepared);
    BOOST_TEST(registry.tags("team/app") == strings{"1"});
    BOOST_TEST(get(registry, "/v2/team/app/manifests/" + digest).status == 200);
  }
  registry.remove_snapshot(prepared);
  BOOST_CHECK_THROW(registry.restore(prepared), std::runtime_error);
  BOOST_CHECK_THROW(registry.remove_snapshot(prepared), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_time_is_advanced) {
  started registry;
  http_connection client{registry.port()};
  const auto upload = client.request("POST", "/v2/a/blobs/uploads/").header("Location");
  registry.advance(std::chrono::hours{23});
  BOOST_TEST(client.request("GET", upload).status == 204);
  registry.advance(std::chrono::hours{24});
  BOOST_TEST(client.request("GET", upload).status == 404);
  BOOST_CHECK_THROW(registry.advance(std::chrono::milliseconds{-1}), std::invalid_argument);
  BOOST_CHECK_THROW(registry.advance(std::chrono::milliseconds::max()), std::invalid_argument);
  registry.reset();
}

BOOST_AUTO_TEST_CASE(a_folder_has_neither_snapshots_nor_another_time) {
  const temp_dir folder;
  auto chosen = empty();
  chosen.data = (folder.path() / "data").string();
  started registry{chosen};
  BOOST_CHECK_THROW(registry.snapshot(), std::runtime_error);
  BOOST_CHECK_THROW(registry.restore(1), std::runtime_error);
  BOOST_CHECK_THROW(registry.advance(std::chrono::hours{1}), std::runtime_error);
  registry.push({"team/app", "1", {"layer"}});
  registry.reset("team");
  BOOST_TEST(registry.repositories().empty());
}

BOOST_AUTO_TEST_CASE(faults_are_injected_by_name_or_as_json) {
  started registry;
  registry.push({"team/app", "1.0", {}});
  registry.fail("hub-429");
  BOOST_TEST(get(registry, "/v2/team/app/manifests/1.0").status == 429);
  registry.clear_faults();
  BOOST_TEST(get(registry, "/v2/team/app/manifests/1.0").status == 200);
  const auto first = registry.fail(R"({"match":{"operation":"base"},"effect":{"status":503}})");
  BOOST_TEST(registry.fail(R"([{"name":"a","effect":{"status":500}}])") == first + 1);
  BOOST_TEST(get(registry, "/v2/").status == 503);
  registry.reset();
  BOOST_TEST(get(registry, "/v2/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_mistake_in_a_fault_is_named) {
  started registry;
  BOOST_CHECK_EXCEPTION(
    registry.fail(R"({"effect":{"status":1}})"), std::invalid_argument,
    [](const auto& wrong) { return std::string{wrong.what()}.find("effect.status") == 0; });
  BOOST_CHECK_THROW(registry.fail("hub-430"), std::invalid_argument);
  BOOST_CHECK_THROW(registry.fail("[]"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_profile_takes_what_is_pushed_beside_clients_for_existing) {
  auto chosen = empty();
  chosen.profile = "ecr";
  started registry{chosen};
  const auto opens_upload = [&] {
    return http_connection{registry.port()}.request("POST", "/v2/team/app/blobs/uploads/").status;
  };
  BOOST_TEST(opens_upload() == 404u);
  registry.push({"team/app", "1.0"});
  BOOST_TEST(opens_upload() == 202u);
}

BOOST_AUTO_TEST_CASE(a_fault_is_described_by_its_members) {
  started registry;
  registry.push({"team/app", "1.0", {}});
  registry.push({"other", "1.0", {}});
  const auto down = gantry::fault{}.on("get_manifest").in("team/*").answering(503);
  const auto id = registry.fail(down.with_header("Retry-After", "7").only(2));
  BOOST_TEST(get(registry, "/v2/team/app/manifests/1.0").status == 200);
  const auto hit = get(registry, "/v2/team/app/manifests/1.0");
  BOOST_TEST(hit.status == 503);
  BOOST_TEST(hit.header("Retry-After") == "7");
  BOOST_TEST(get(registry, "/v2/other/manifests/1.0").status == 200);
  const auto listed = registry.faults();
  BOOST_REQUIRE(listed.size() == 1u);
  BOOST_TEST(listed[0].id == id);
  BOOST_TEST(listed[0].matched == 2u);
  BOOST_TEST(listed[0].hits == 1u);
  BOOST_TEST(listed[0].rule ==
             R"({"match":{"operation":"get_manifest","repository":"team/*"},"nth":2,)"
             R"("effect":{"status":503,"headers":{"Retry-After":"7"}}})");
}

BOOST_AUTO_TEST_CASE(every_member_of_a_fault_is_understood) {
  started registry;
  gantry::fault made;
  made.name = "all";
  made.match = {"PUT", "put_manifest", "a/*", "v*", "skopeo*"};
  made.nth = 2;
  made.every = 3;
  made.probability = 0.5;
  made.seed = 7;
  made.count = 4;
  auto& does = made.effect;
  does.status = 504;
  does.code = "C";
  does.message = "M";
  does.body = "B";
  does.content_type = "text/plain";
  does.after = true;
  does.headers = {{"Retry-After", "3"}};
  does.delay.mean = std::chrono::milliseconds{50};
  does.delay.deviation = std::chrono::milliseconds{10};
  does.rate = 1024;
  does.upload_rate = 2048;
  does.reset_after_request = 3;
  does.truncate_after = 5;
  does.content_length = 6;
  does.corrupt_byte = 0;
  does.wrong_digest = true;
  does.location = {true, "https", "h:1"};
  does.endless_link = true;
  registry.fail(made);
  BOOST_TEST(registry.faults().at(0).name == "all");
  BOOST_TEST(
    registry.faults().at(0).rule ==
    R"({"name":"all","match":{"method":"PUT","operation":"put_manifest","repository":"a/*",)"
    R"("reference":"v*","user_agent":"skopeo*"},"nth":2,"every":3,"probability":5E-1,"seed":7,)"
    R"("count":4,"effect":{"status":504,"code":"C","message":"M","body":"B","content_type":)"
    R"("text/plain","after":true,"headers":{"Retry-After":"3"},)"
    R"("delay":{"mean":"50ms","deviation":"10ms"},"rate":1024,"upload_rate":2048,)"
    R"("reset_after_request":3,"truncate_after":5,"content_length":6,"corrupt_byte":0,)"
    R"("wrong_digest":true,"location":{"absent":true,"scheme":"https","host":"h:1"},)"
    R"("endless_link":true}})");
  made.effect.truncate_after.reset();
  made.effect.reset_after = 5;
  made.effect.delay = {};
  made.effect.delay.fixed = std::chrono::milliseconds{5};
  registry.fail(made);
  BOOST_TEST(registry.faults().at(1).rule.find(R"("delay":"5ms")") != std::string::npos);
  BOOST_TEST(registry.faults().at(1).rule.find(R"("reset_after":5)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(faults_are_removed_one_by_one) {
  started registry;
  const auto first = registry.fail(gantry::fault{}.on("base").answering(503));
  registry.fail(gantry::fault::named("hub-429").at_most(1));
  BOOST_TEST(get(registry, "/v2/").status == 503);
  BOOST_TEST(registry.clear_fault(first));
  BOOST_TEST(!registry.clear_fault(first));
  BOOST_TEST(get(registry, "/v2/").status == 200);
  BOOST_TEST(registry.faults().size() == 1u);
  BOOST_TEST(get(registry, "/v2/a/manifests/1").status == 429);
  BOOST_TEST(get(registry, "/v2/a/manifests/1").status == 404);
}

BOOST_AUTO_TEST_CASE(a_mistake_in_the_members_of_a_fault_is_named) {
  started registry;
  const auto names = [](const std::string& member) {
    return [member](const auto& wrong) { return std::string{wrong.what()}.find(member) == 0; };
  };
  BOOST_CHECK_EXCEPTION(registry.fail(gantry::fault{}), std::invalid_argument, names("effect"));
  BOOST_CHECK_EXCEPTION(registry.fail(gantry::fault{}.answering(99)), std::invalid_argument,
                        names("effect.status"));
  auto both = gantry::fault{}.delayed(std::chrono::milliseconds{1});
  both.effect.delay.mean = std::chrono::milliseconds{1};
  BOOST_CHECK_EXCEPTION(registry.fail(both), std::invalid_argument, names("effect.delay.fixed"));
  BOOST_CHECK_THROW(registry.fail(gantry::fault::named("hub-430")), std::invalid_argument);
  BOOST_TEST(registry.faults().empty());
}

BOOST_AUTO_TEST_CASE(a_reset_within_a_response_is_seen_by_a_client) {
  started registry;
  registry.fail(gantry::fault{}.on("base").resetting(0));
  http_connection client{registry.port()};
  BOOST_CHECK_THROW(client.request("GET", "/v2/"), http_failure);
}

BOOST_AUTO_TEST_CASE(a_recorded_request_has_both_heads_and_its_measures) {
  started registry;
  const auto before = std::chrono::system_clock::now() - std::chrono::seconds{1};
  http_connection client{registry.port()};
  const auto answer = client.request("POST", "/v2/a/blobs/uploads/?token=secret",
                                     {{"User-Agent", "skopeo/1.9"}, {"Authorization", "Basic x"}});
  const auto seen = registry.expect(gantry::request_filter{}.on("start_upload")).at(0);
  BOOST_TEST(seen.target == "/v2/a/blobs/uploads/?token=***");
  BOOST_TEST(seen.user_agent == "skopeo/1.9");
  BOOST_TEST(seen.header("authorization") == "***");
  BOOST_TEST(seen.header("X-Absent") == "");
  BOOST_TEST(seen.response_header("location") == answer.header("Location"));
  BOOST_TEST(seen.request_id == answer.header("X-Request-Id"));
  BOOST_TEST(seen.body_bytes.value() == 0u);
  BOOST_TEST(seen.bytes_sent > 0u);
  BOOST_TEST(seen.connection.find("127.0.0.1:") == 0u);
  BOOST_TEST(!seen.truncated);
  BOOST_CHECK(seen.time > before);
  BOOST_CHECK(seen.duration.count() >= 0);
}

BOOST_AUTO_TEST_CASE(filters_may_name_status_client_fault_and_any_condition) {
  started registry;
  registry.fail(gantry::fault::named("hub-429").in("a"));
  http_connection client{registry.port()};
  client.request("GET", "/v2/a/manifests/1", {{"User-Agent", "docker/20"}});
  client.request("GET", "/v2/b/manifests/1", {{"User-Agent", "skopeo/1.9"}});
  const auto first = registry.expect({}, 2).at(0).sequence;
  const gantry::request_filter any;
  BOOST_TEST(registry.count() == 2u);
  BOOST_TEST(registry.count(any.answered("4xx")) == 2u);
  BOOST_TEST(registry.count(any.answered("429")) == 1u);
  BOOST_TEST(registry.count(any.from("docker")) == 1u);
  BOOST_TEST(registry.count(any.hit_by("hub-429")) == 1u);
  BOOST_TEST(registry.count(any.by("GET").in("b").after(first)) == 1u);
  const auto with_retry = any.where(
    [](const gantry::request& seen) { return !seen.response_header("Retry-After").empty(); },
    "a Retry-After");
  BOOST_TEST(registry.requests(with_retry).at(0).repository == "a");
  BOOST_TEST(gantry::describe(with_retry.on("get_manifest").answered("4xx")) ==
             "operation get_manifest, status 4xx, and a Retry-After");
  BOOST_TEST(gantry::describe(any) == "any request");
  BOOST_CHECK_THROW(registry.count(any.answered("4x")), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_wait_may_have_a_condition) {
  started registry;
  auto asking = std::async(std::launch::async, [&registry] {
    http_connection client{registry.port()};
    for (int i = 0; i < 5; ++i)
      client.request("GET", "/v2/a/tags/list?n=" + std::to_string(i + 1));
  });
  const auto third =
    gantry::request_filter{}.on("list_tags").where([](const gantry::request& seen) {
      return seen.target.find("n=3") != std::string::npos;
    });
  BOOST_TEST(registry.wait_for(third, 1, std::chrono::minutes{1}).size() == 1u);
  asking.get();
}

BOOST_AUTO_TEST_CASE(an_unmet_expectation_says_what_came_instead) {
  started registry;
  get(registry, "/v2/");
  registry.expect({});
  try {
    registry.expect(gantry::request_filter{}.on("put_manifest"), 2, std::chrono::milliseconds{1});
    BOOST_ERROR("nothing was pushed");
  } catch (const gantry::unmet_expectation& unmet) {
    BOOST_TEST(unmet.what() == "expected 2 of: operation put_manifest\n"
                               "found 0 among 1 recorded requests:\n  #1 GET /v2/ 200 (base)");
  }
}

BOOST_AUTO_TEST_CASE(requests_are_recorded_and_awaited) {
  started registry;
  registry.fail(R"({"name":"down","match":{"operation":"health"},"effect":{"status":503}})");
  get(registry, "/v2/");
  registry.wait_for({}, 1); // the next one comes over another connection, and may overtake it
  get(registry, "/health");
  const auto seen = registry.wait_for({}, 2);
  BOOST_REQUIRE(seen.size() == 2u);
  BOOST_TEST(seen[0].method == "GET");
  BOOST_TEST(seen[0].target == "/v2/");
  BOOST_TEST(seen[0].status == 200u);
  BOOST_TEST(seen[1].operation == "health");
  BOOST_TEST(seen[1].fault == "down");
  BOOST_TEST(registry.requests({.operation = "base"}).size() == 1u);
  BOOST_TEST(registry.wait_for({.operation = "base"}, 2, std::chrono::milliseconds{1}).size() ==
             1u);
  registry.reset();
  BOOST_TEST(registry.requests().empty());
}

BOOST_AUTO_TEST_SUITE_END()
