// Actors over an engine that answers late: nothing is lost, reordered or answered twice.
#include "support/late_engine.hpp"

#include "storage/api/answer_of.hpp"
#include "storage/api/bytes_of.hpp"
#include "support/actor_fixture.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(late_engine)

using namespace gantry;
using namespace gantry::test;

namespace {

/// Outlives the actors.
struct queue_holder {
  std::shared_ptr<late_work_queue> queue =
    std::make_shared<late_work_queue>(late_work_queue::runs::when_told);
};

struct late : queue_holder, actor_fixture {
  explicit late(std::uint64_t limit = std::numeric_limits<std::uint64_t>::max(),
                actor_options options = {})
    : actor_fixture{std::move(options), limit, [this](std::unique_ptr<storage_engine> inner) {
                      return make_late_engine(std::move(inner), queue);
                    }} {
    beside = [this] { return queue->run_one(); };
  }

  /// Sends a request and returns what gives its answer once everything has run.
  template <class Reply, class Actor, class Message>
  std::function<result<Reply>()> send(const Actor& receiver, Message message) {
    auto asked = requester->request(receiver, caf::infinite, std::move(message));
    auto pending = std::make_shared<decltype(asked)>(std::move(asked));
    return [pending] {
      std::optional<result<Reply>> answer;
      pending->receive([&](Reply& reply) { answer.emplace(std::move(reply)); },
                       [&](const caf::error& failure) { answer.emplace(from_caf(failure)); });
      return std::move(*answer);
    };
  }

  msg::upload_started start(const repository_actor& home) {
    return ask<msg::upload_started>(home, msg::start_upload{}).value();
  }
};

manifest_ptr manifest_of(const digest& config) {
  const auto text =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
    R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" +
    config.to_string() + R"(","size":6},"layers":[]})";
  return std::make_shared<const manifest>(manifest::parse(text, std::nullopt).value());
}

tag latest() {
  return tag::parse("latest").value();
}

} // namespace

BOOST_FIXTURE_TEST_CASE(an_image_is_pushed_pulled_and_deleted, late) {
  const auto home = open_repository("team/app");
  const auto pushed = push_blob(home, "config");
  const auto value = manifest_of(pushed);
  BOOST_REQUIRE(ask<msg::manifest_stored>(home, msg::put_manifest{value, {latest()}}));
  BOOST_TEST(ask<msg::manifest_reply>(home, msg::get_manifest{latest()}).value().value->id() ==
             value->id());
  BOOST_TEST(ask<msg::tag_page>(home, msg::list_tags{{10, {}}}).value().tags.items.size() == 1U);
  const auto blob = ask<msg::blob_reply>(home, msg::get_blob{pushed, true}).value().value;
  BOOST_TEST(blob->size() == 6U);
  const auto names =
    ask<msg::repository_page>(services.directory.get(), msg::list_repositories{{10, {}}}).value();
  BOOST_TEST(names.names.items.size() == 1U);
  const auto linking =
    ask<msg::repository_page>(services.blob_store(pushed), msg::list_linking{pushed, {10, {}}});
  BOOST_TEST(linking.value().names.items.at(0).to_string() == "team/app");
  BOOST_TEST(ask<msg::acknowledged>(home, msg::delete_manifest{latest()}).has_value());
  BOOST_TEST(ask<msg::acknowledged>(home, msg::delete_manifest{value->id()}).has_value());
  BOOST_CHECK(ask<msg::tag_page>(home, msg::list_tags{{10, {}}}).error().code ==
              errc::name_unknown);
  BOOST_CHECK(ask<msg::blob_reply>(home, msg::get_blob{digest::of("other")}).error().code ==
              errc::blob_unknown);
}

BOOST_FIXTURE_TEST_CASE(bytes_stay_in_order_while_earlier_ones_are_being_stored, late) {
  const auto home = open_repository("app");
  const auto upload = start(home);
  const auto chunk = begin_chunk(upload.session);
  std::string all;
  std::vector<std::function<result<msg::acknowledged>()>> appended;
  for (int i = 0; i < 20; ++i) {
    const auto piece = std::string(1000, static_cast<char>('a' + i));
    all += piece;
    appended.push_back(
      send<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of(piece)}));
  }
  const auto ended = send<msg::upload_status>(upload.session, msg::end_chunk{chunk});
  const auto finished = send<msg::blob_reply>(upload.session, msg::finish_upload{digest::of(all)});
  run_all();
  for (const auto& each : appended)
    BOOST_TEST(each().has_value());
  BOOST_TEST(ended().value().offset == all.size());
  BOOST_TEST(finished().value().value->id() == digest::of(all));
}

BOOST_FIXTURE_TEST_CASE(a_chunk_that_replaces_another_waits_for_its_bytes, late) {
  const auto home = open_repository("app");
  const auto upload = start(home);
  const auto first = begin_chunk(upload.session);
  const auto appended =
    send<msg::acknowledged>(upload.session, msg::append_chunk{first, chunk_of("first")});
  scheduler.run(); // not what the engine has to do
  now += services.options.chunk_silence;
  const auto second =
    send<msg::chunk_reply>(upload.session, msg::begin_chunk{{byte_range{5, 11}, 7, false}});
  run_all();
  BOOST_TEST(appended().has_value());
  const auto next = second().value().number;
  BOOST_TEST(next != first);
  BOOST_REQUIRE(
    ask<msg::acknowledged>(upload.session, msg::append_chunk{next, chunk_of(" second")}));
  BOOST_TEST(ask<msg::upload_status>(upload.session, msg::end_chunk{next}).value().offset == 12U);
}

// case 114
BOOST_FIXTURE_TEST_CASE(pushes_and_mounts_of_the_same_bytes_take_turns, late) {
  const auto home = open_repository("a/b");
  const auto id = digest::of("content");
  std::vector<std::function<result<msg::blob_reply>()>> answers;
  for (int i = 0; i < 5; ++i) {
    const auto upload = start(home);
    const auto chunk = begin_chunk(upload.session);
    send<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of("content")});
    send<msg::upload_status>(upload.session, msg::end_chunk{chunk});
    answers.push_back(send<msg::blob_reply>(upload.session, msg::finish_upload{id}));
  }
  scheduler.run(); // the engine has not begun: one publishes, the others wait
  answers.push_back(send<msg::blob_reply>(services.blob_store(id), msg::find_blob{id}));
  run_all();
  for (const auto& each : answers)
    BOOST_CHECK(each());
  BOOST_TEST(ask<msg::blob_reply>(home, msg::get_blob{id, true}).has_value());
  BOOST_TEST(ask<msg::acknowledged>(home, msg::delete_blob{id}).has_value());
  answers.clear();
  BOOST_CHECK(ask<msg::blob_reply>(services.blob_store(id), msg::find_blob{id}).error().code ==
              errc::blob_unknown);
}

BOOST_FIXTURE_TEST_CASE(a_repository_stays_awake_until_the_engine_has_answered, late) {
  const auto home = open_repository("app");
  const auto value = manifest_of(push_blob(home, "config"));
  const auto stored = send<msg::manifest_stored>(home, msg::put_manifest{value, {latest()}});
  const auto found = send<msg::manifest_reply>(home, msg::get_manifest{value->id()});
  requester->send(home, msg::sleep_if_idle{now, true});
  run_all();
  BOOST_TEST(stored().has_value());
  BOOST_TEST(found().has_value());
  // The next one finds it idle.
  requester->send(home, msg::sleep_if_idle{now, true});
  run_all();
  BOOST_TEST(services.repositories.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_empty_repository_sleeps_when_the_engine_says_so, late) {
  const auto home = open_repository("app");
  requester->send(home, msg::sleep_if_idle{now});
  run_all();
  BOOST_TEST(services.repositories.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(requests_that_open_a_repository_at_once_get_one_actor, late) {
  const msg::open_repository open{repository_name::parse("app").value(), true};
  const auto first = send<msg::repository_reply>(services.directory.get(), open);
  const auto second = send<msg::repository_reply>(services.directory.get(), open);
  run_all();
  BOOST_TEST((first().value().handle == second().value().handle));
}

BOOST_FIXTURE_TEST_CASE(a_reset_meets_a_repository_that_is_being_opened, late) {
  const msg::open_repository open{repository_name::parse("app").value(), true};
  const auto opened = send<msg::repository_reply>(services.directory.get(), open);
  const auto gone = send<msg::acknowledged>(services.directory.get(), msg::reset{});
  run_all();
  BOOST_TEST(gone().has_value());
  const auto home = opened().value().handle;
  BOOST_TEST(push_blob(home, "after") == digest::of("after"));
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_upload_answers_what_came_before, late) {
  const auto home = open_repository("app");
  const auto upload = start(home);
  const auto chunk = begin_chunk(upload.session);
  const auto first =
    send<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of("first")});
  const auto second =
    send<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of("second")});
  const auto cancelled = send<msg::acknowledged>(upload.session, msg::cancel_upload{});
  const auto third =
    send<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of("third")});
  run_all();
  BOOST_TEST(first().has_value());
  BOOST_TEST(second().has_value());
  BOOST_TEST(cancelled().has_value());
  BOOST_CHECK(third().error().code == errc::unavailable);
  BOOST_TEST(queue->waiting() == 0U);
  BOOST_TEST(services.uploads.size() == 0U);
}

namespace {

struct small : late {
  small() : late{200'000} {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_full_engine_refuses_all_that_waited_for_the_same_reason, small) {
  const auto home = open_repository("app");
  const auto upload = start(home);
  const auto chunk = begin_chunk(upload.session);
  const std::string piece(150'000, 'x');
  std::vector<std::function<result<msg::acknowledged>()>> appended;
  for (int i = 0; i < 3; ++i)
    appended.push_back(
      send<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of(piece)}));
  const auto finished = send<msg::blob_reply>(upload.session, msg::finish_upload{digest::of("x")});
  run_all();
  BOOST_TEST(appended[0]().has_value());
  BOOST_CHECK(appended[1]().error().code == errc::insufficient_storage);
  BOOST_CHECK(appended[2]().error().code == errc::insufficient_storage);
  BOOST_CHECK(finished().error().code == errc::insufficient_storage);
  BOOST_TEST(services.uploads.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(bytes_are_hashed_again_as_they_are_read_back, late) {
  const auto home = open_repository("app");
  const auto upload = start(home);
  const auto chunk = begin_chunk(upload.session);
  const std::string bytes(1'000'001, 'y');
  BOOST_REQUIRE(ask<msg::acknowledged>(upload.session, msg::append_chunk{chunk, chunk_of(bytes)}));
  BOOST_REQUIRE(ask<msg::upload_status>(upload.session, msg::end_chunk{chunk}));
  const auto id = digest::of(bytes, digest_algorithm::sha512);
  BOOST_TEST(ask<msg::blob_reply>(upload.session, msg::finish_upload{id}).value().value->id() ==
             id);
}

BOOST_AUTO_TEST_CASE(limits_are_asked_for_before_an_upload_begins) {
  actor_options options;
  options.max_repositories = 1;
  late subject{std::numeric_limits<std::uint64_t>::max(), options};
  const auto first = subject.open_repository("first");
  const auto value = manifest_of(subject.push_blob(first, "config"));
  BOOST_REQUIRE(subject.ask<msg::manifest_stored>(first, msg::put_manifest{value, {latest()}}));
  BOOST_TEST(subject.ask<msg::upload_started>(first, msg::start_upload{}).has_value());
  const auto second = subject.open_repository("second");
  BOOST_CHECK(subject.ask<msg::upload_started>(second, msg::start_upload{}).error().code ==
              errc::quota_reached);
}

BOOST_AUTO_TEST_SUITE_END()
