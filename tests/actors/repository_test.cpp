#include "actors/repository.hpp"

#include "support/actor_fixture.hpp"

#include <string>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

/// An image manifest that names a config of `size` bytes.
manifest_ptr image(const digest& config, std::uint64_t size) {
  const auto text =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{)"
    R"("mediaType":"application/vnd.oci.image.config.v1+json","digest":")" +
    config.to_string() + R"(","size":)" + std::to_string(size) + R"(},"layers":[]})";
  return std::make_shared<const manifest>(manifest::parse(text, {}).value());
}

tag tag_of(std::string_view text) {
  return tag::parse(text).value();
}

struct one_repository : test::actor_fixture {
  explicit one_repository(actor_options options = {}) : actor_fixture{std::move(options)} {}

  result<msg::manifest_stored> put(manifest_ptr value, std::string_view name) {
    return ask<msg::manifest_stored>(home, msg::put_manifest{std::move(value), {tag_of(name)}});
  }
  result<msg::manifest_reply> get(std::string_view name) {
    return ask<msg::manifest_reply>(home, msg::get_manifest{tag_of(name)});
  }

  repository_actor home = open_repository("a/b");
};

actor_options rejecting() {
  actor_options options;
  options.validation = validation_policy::durable();
  return options;
}
actor_options immutable() {
  actor_options options;
  options.immutable_tags = {"v*"};
  return options;
}
actor_options one_only() {
  actor_options options;
  options.max_repositories = 1;
  return options;
}

struct strict : one_repository {
  strict() : one_repository{rejecting()} {}
};
struct with_immutable_tags : one_repository {
  with_immutable_tags() : one_repository{immutable()} {}
};
struct with_quota : one_repository {
  with_quota() : one_repository{one_only()} {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(repository)

BOOST_FIXTURE_TEST_CASE(a_manifest_is_found_by_tag_and_by_digest, one_repository) {
  const auto value = image(push_blob(home, "config"), 6);
  BOOST_TEST(put(value, "1").value().missing.named.empty());
  BOOST_CHECK(get("1").value().value->id() == value->id());
  BOOST_CHECK(ask<msg::manifest_reply>(home, msg::get_manifest{value->id()}));
  BOOST_CHECK(get("2").error().code == errc::manifest_unknown);
}

BOOST_FIXTURE_TEST_CASE(absent_blobs_are_named_but_accepted, one_repository) {
  const auto absent = digest::of("absent");
  auto stored = put(image(absent, 6), "1");
  BOOST_REQUIRE(stored);
  BOOST_REQUIRE(stored->missing.named.size() == 1u);
  BOOST_CHECK(stored->missing.named.front() == absent);
}

BOOST_FIXTURE_TEST_CASE(absent_blobs_are_refused_if_the_policy_says_so, strict) {
  const auto absent = digest::of("absent");
  auto refused = put(image(absent, 6), "1");
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::manifest_blob_unknown);
  BOOST_TEST(refused.error().detail == absent.to_string());
  BOOST_CHECK(!get("1"));
}

BOOST_FIXTURE_TEST_CASE(a_child_may_be_a_blob, strict) {
  // buildkit's cache
  const auto index_of = [](const digest& child) {
    const auto text =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{)"
      R"("mediaType":"application/vnd.oci.image.layer.v1.tar","digest":")" +
      child.to_string() + R"(","size":5}]})";
    return std::make_shared<const manifest>(manifest::parse(text, {}).value());
  };
  BOOST_CHECK(put(index_of(digest::of("absent")), "cache").error().code ==
              errc::manifest_blob_unknown);
  BOOST_CHECK(put(index_of(push_blob(home, "layer")), "cache"));
}

BOOST_FIXTURE_TEST_CASE(a_blob_of_another_size_is_refused, one_repository) {
  // case 141
  auto refused = put(image(push_blob(home, "config"), 7), "1");
  BOOST_CHECK(refused.error().code == errc::manifest_invalid);
}

BOOST_FIXTURE_TEST_CASE(an_immutable_tag_never_moves, with_immutable_tags) {
  // case 145
  const auto first = image(digest::of("1"), 1);
  BOOST_REQUIRE(put(first, "v1"));
  BOOST_CHECK(put(image(digest::of("2"), 1), "v1").error().code == errc::tag_immutable);
  BOOST_CHECK(put(first, "v1"));
  BOOST_CHECK(get("v1").value().value->id() == first->id());
  BOOST_CHECK(put(image(digest::of("2"), 1), "latest"));
  BOOST_CHECK(put(first, "latest"));
}

BOOST_FIXTURE_TEST_CASE(the_quota_stops_new_repositories_only, with_quota) {
  // case 148
  BOOST_REQUIRE(put(image(digest::of("1"), 1), "1"));
  BOOST_CHECK(put(image(digest::of("2"), 1), "2"));
  auto other = open_repository("other");
  const auto refused =
    ask<msg::manifest_stored>(other, msg::put_manifest{image(digest::of("1"), 1), {tag_of("1")}});
  BOOST_CHECK(refused.error().code == errc::quota_reached);
}

BOOST_FIXTURE_TEST_CASE(deleting_a_tag_leaves_the_manifest, one_repository) {
  const auto value = image(digest::of("1"), 1);
  BOOST_REQUIRE(put(value, "1"));
  BOOST_REQUIRE(ask<msg::acknowledged>(home, msg::delete_manifest{tag_of("1")}));
  BOOST_CHECK(!get("1"));
  BOOST_CHECK(ask<msg::manifest_reply>(home, msg::get_manifest{value->id()}));
  BOOST_CHECK(ask<msg::acknowledged>(home, msg::delete_manifest{tag_of("1")}).error().code ==
              errc::manifest_unknown);
}

BOOST_FIXTURE_TEST_CASE(deleting_a_manifest_deletes_its_tags, one_repository) {
  const auto value = image(digest::of("1"), 1);
  BOOST_REQUIRE(put(value, "1"));
  BOOST_REQUIRE(put(value, "2"));
  BOOST_REQUIRE(ask<msg::acknowledged>(home, msg::delete_manifest{value->id()}));
  BOOST_CHECK(!get("1"));
  BOOST_CHECK(!get("2"));
  const auto tags = ask<msg::tag_page>(home, msg::list_tags{{10, {}}});
  BOOST_CHECK(tags.error().code == errc::name_unknown);
}

BOOST_FIXTURE_TEST_CASE(a_blob_is_seen_only_where_it_is_linked, one_repository) {
  const auto id = push_blob(home, "content");
  auto other = open_repository("other");
  BOOST_CHECK(ask<msg::blob_reply>(other, msg::get_blob{id}).error().code == errc::blob_unknown);
  auto mine = ask<msg::blob_reply>(home, msg::get_blob{id, true});
  BOOST_REQUIRE(mine);
  BOOST_REQUIRE(ask<msg::acknowledged>(other, msg::link_blob{mine->value}));
  BOOST_REQUIRE(ask<msg::acknowledged>(home, msg::delete_blob{id}));
  BOOST_CHECK(!ask<msg::blob_reply>(home, msg::get_blob{id}));
  BOOST_CHECK(ask<msg::blob_reply>(other, msg::get_blob{id}));
}

BOOST_FIXTURE_TEST_CASE(an_idle_repository_sleeps_and_loses_nothing, one_repository) {
  BOOST_REQUIRE(put(image(digest::of("1"), 1), "1"));
  const auto name = repository_name::parse("a/b").value();
  requester->send(home, msg::sleep_if_idle{now});
  scheduler.run();
  BOOST_CHECK(services.repositories.find(name));
  now += services.options.repository_idle;
  requester->send(home, msg::sleep_if_idle{now});
  scheduler.run();
  BOOST_CHECK(!services.repositories.find(name));
  BOOST_CHECK(get("1").error().code == errc::unavailable);
  home = open_repository("a/b");
  BOOST_CHECK(get("1"));
}

BOOST_FIXTURE_TEST_CASE(a_repository_with_an_open_upload_stays_awake, one_repository) {
  auto upload = ask<msg::upload_started>(home, msg::start_upload{});
  BOOST_REQUIRE(upload);
  now += 2 * services.options.repository_idle;
  requester->send(home, msg::sleep_if_idle{now});
  scheduler.run();
  BOOST_CHECK(ask<msg::upload_started>(home, msg::start_upload{}));
  // Without uploads it may sleep.
  for (const auto& [id, open] : services.uploads.entries())
    BOOST_REQUIRE(ask<msg::acknowledged>(open.session, msg::cancel_upload{}));
  now += 2 * services.options.repository_idle;
  requester->send(home, msg::sleep_if_idle{now});
  scheduler.run();
  BOOST_CHECK(!services.repositories.find(repository_name::parse("a/b").value()));
}

BOOST_AUTO_TEST_SUITE_END()
