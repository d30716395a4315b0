// Changes as an endpoint reads them.
#include "webhooks/envelope.hpp"

#include "webhooks/samples.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::webhooks;
using gantry::test::pushed;
using gantry::test::sample_source;
namespace json = boost::json;

namespace {

const std::string id_of_content = digest::of("content").to_string();

logged_change by_ann(logged_change change) {
  change.entry.by = std::make_shared<const changer>(changer{"ann", "9", "192.0.2.1"});
  return change;
}

logged_change deleted(std::uint64_t number, std::string_view name) {
  auto change = pushed(number, "team/app", name);
  change.entry.kind = change_kind::remove;
  change.entry.before = change.entry.after;
  change.entry.after.reset();
  return change;
}

json::value rendered(format written_as, const std::vector<logged_change>& changes) {
  return json::parse(render(written_as, changes, sample_source()).body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(envelope)

BOOST_AUTO_TEST_CASE(a_push_is_an_event_of_dockers_registry) {
  auto change = by_ann(pushed(17, "team/app", "1.0"));
  change.entry.change = 16;
  const auto made = render(format::distribution, {change}, sample_source());
  BOOST_TEST(made.content_type == "application/vnd.docker.distribution.events.v2+json");
  const auto expected = json::parse(R"({"events":[{"id":"17",
    "timestamp":"2023-11-14T22:13:20.000000Z","action":"push",
    "target":{"mediaType":"text/plain","digest":")" +
                                    id_of_content + R"(","size":7,"length":7,
      "url":"https://registry.example/prefix/v2/team/app/manifests/)" +
                                    id_of_content + R"(",
      "repository":"team/app","tag":"1.0"},
    "request":{"id":"16","host":"registry.example","addr":"192.0.2.1"},
    "actor":{"name":"ann"},
    "source":{"addr":"127.0.0.1:4775","instanceID":"ab12"}}]})");
  BOOST_TEST(json::parse(made.body) == expected, made.body);
}

BOOST_AUTO_TEST_CASE(a_deleted_tag_has_no_digest_and_a_deleted_manifest_has_one) {
  const auto body = rendered(format::distribution, {deleted(1, "1.0"), deleted(2, "")});
  const auto& of_tag = body.at("events").at(0);
  BOOST_TEST(of_tag.at("action").as_string() == "delete");
  BOOST_TEST(of_tag.at("target") == json::value({{"repository", "team/app"}, {"tag", "1.0"}}));
  const auto& of_manifest = body.at("events").at(1).at("target").as_object();
  BOOST_TEST(of_manifest.at("digest").as_string() == id_of_content);
  BOOST_TEST(!of_manifest.contains("url"));
  BOOST_TEST(!of_manifest.contains("tag"));
}

BOOST_AUTO_TEST_CASE(a_batch_of_cloud_events_keeps_the_kinds) {
  auto moved = by_ann(pushed(18, "team/app", "1.0"));
  moved.entry.kind = change_kind::move;
  const auto made =
    render(format::cloudevents, {moved, pushed(19, "team/app", "")}, sample_source());
  BOOST_TEST(made.content_type == "application/cloudevents-batch+json; charset=utf-8");
  const auto body = json::parse(made.body);
  const auto& first = body.at(0);
  BOOST_TEST(first.at("specversion").as_string() == "1.0");
  BOOST_TEST(first.at("id").as_string() == "18");
  BOOST_TEST(first.at("source").as_string() == "https://registry.example/prefix");
  BOOST_TEST(first.at("type").as_string() == "dev.gantry.registry.move");
  BOOST_TEST(first.at("subject").as_string() == "team/app:1.0");
  BOOST_TEST(first.at("time").as_string() == "2023-11-14T22:13:20.000000Z");
  BOOST_TEST(first.at("datacontenttype").as_string() == "application/json");
  BOOST_TEST(first.at("data").at("kind").as_string() == "move");
  BOOST_TEST(first.at("data").at("user").as_string() == "ann");
  BOOST_TEST(body.at(1).at("type").as_string() == "dev.gantry.registry.push");
  BOOST_TEST(body.at(1).at("subject").as_string() == "team/app@" + id_of_content);
}

BOOST_AUTO_TEST_CASE(ids_name_the_process_if_the_log_ends_with_it) {
  auto from = sample_source();
  from.ids = watch::event_ids{"5f"};
  const auto body =
    json::parse(render(format::distribution, {pushed(17, "team/app", "1")}, from).body);
  BOOST_TEST(body.at("events").at(0).at("id").as_string() == "17-5f");
}

BOOST_AUTO_TEST_CASE(a_test_says_that_it_is_one) {
  const time_point now{std::chrono::seconds{1'700'000'000}};
  const auto plain =
    json::parse(render_test(format::distribution, "test-1", now, sample_source()).body);
  const auto& event = plain.at("events").at(0);
  BOOST_TEST(event.at("id").as_string() == "test-1");
  BOOST_TEST(event.at("action").as_string() == "test");
  BOOST_TEST(event.at("target").as_object().empty());
  const auto cloud =
    json::parse(render_test(format::cloudevents, "test-1", now, sample_source()).body);
  BOOST_TEST(cloud.at(0).at("type").as_string() == "dev.gantry.registry.test");
  BOOST_TEST(!cloud.at(0).as_object().contains("data"));
}

BOOST_AUTO_TEST_SUITE_END()
