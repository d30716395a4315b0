#include "actors/blob_store.hpp"
#include "storage/api/answer_of.hpp"

#include "support/actor_fixture.hpp"

#include <string_view>

using namespace gantry;

namespace {

struct one_store : test::actor_fixture {
  result<msg::blob_reply> publish(std::string_view content) {
    auto sink =
      answer_of(engine->uploads(), &upload_engine::open_sink, upload_id::generate()).value();
    BOOST_REQUIRE(answer_of(*sink, &blob_sink::append, std::as_bytes(std::span{content})));
    const auto id = digest::of(content);
    msg::publish_blob request{msg::move_only{std::move(sink)}, id};
    return ask<msg::blob_reply>(services.blob_store(id), std::move(request));
  }
  result<msg::blob_reply> find(std::string_view content) {
    const auto id = digest::of(content);
    return ask<msg::blob_reply>(services.blob_store(id), msg::find_blob{id});
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(blob_store)

BOOST_FIXTURE_TEST_CASE(the_same_bytes_are_one_blob, one_store) {
  auto first = publish("content");
  auto second = publish("content");
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(second);
  BOOST_CHECK(first->value == second->value);
}

BOOST_FIXTURE_TEST_CASE(an_unlinked_blob_lives_until_its_lease_ends, one_store) {
  BOOST_REQUIRE(publish("content"));
  BOOST_CHECK(find("other").error().code == errc::blob_unknown);
  const auto lease = services.options.blob_lease;
  now += lease / 2;
  BOOST_CHECK(find("content")); // a push may rely on the answer, so the lease restarts
  now += lease - std::chrono::seconds{1};
  BOOST_CHECK(find("content"));
  now += lease + std::chrono::seconds{1};
  BOOST_CHECK(find("content").error().code == errc::blob_unknown);
}

BOOST_FIXTURE_TEST_CASE(each_digest_has_one_store, one_store) {
  const auto id = digest::of("content");
  BOOST_CHECK(services.blob_store(id) == services.blob_store(digest::of("content")));
}

BOOST_AUTO_TEST_SUITE_END()
