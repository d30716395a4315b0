#include "actors/upload_session.hpp"
#include "storage/api/answer_of.hpp"

#include "support/actor_fixture.hpp"

#include <string>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

struct open_upload : test::actor_fixture {
  explicit open_upload(actor_options options = {},
                       std::uint64_t memory = std::numeric_limits<std::uint64_t>::max())
    : actor_fixture{std::move(options), memory} {
    auto started = ask<msg::upload_started>(home, msg::start_upload{});
    BOOST_REQUIRE(started);
    id = started->id;
    session = started->session;
  }

  /// The offset after the chunk.
  result<msg::upload_status> append(std::string_view content, chunk_announcement announced = {}) {
    auto begun = ask<msg::chunk_reply>(session, msg::begin_chunk{announced});
    if (!begun)
      return begun.error();
    auto kept = append_to(begun->number, content);
    auto ended = ask<msg::upload_status>(session, msg::end_chunk{begun->number, bool(kept)});
    return kept ? ended : result<msg::upload_status>{kept.error()};
  }

  result<msg::acknowledged> append_to(chunk_number chunk, std::string_view content) {
    return ask<msg::acknowledged>(session, msg::append_chunk{chunk, chunk_of(content)});
  }

  /// The same in one message.
  result<msg::upload_status> add(std::string_view content, chunk_announcement announced = {}) {
    return ask<msg::upload_status>(session, msg::add_chunk{announced, chunk_of(content)});
  }

  /// Ends the upload with its last bytes.
  result<msg::blob_reply> finish_with(std::string_view content, const digest& whole,
                                      std::optional<byte_range> range = {}) {
    msg::add_chunk last{{range, content.size(), true}, chunk_of(content)};
    return ask<msg::blob_reply>(session, msg::finish_upload{whole, std::move(last)});
  }

  bool is_listed() const { return services.uploads.find(*id).has_value(); }

  repository_actor home = open_repository("a/b");
  std::optional<upload_id> id;
  upload_session_actor session;
};

actor_options with_limit(std::uint64_t bytes) {
  actor_options options;
  options.uploads.max_size = bytes;
  return options;
}

actor_options with_uploads(std::size_t most) {
  actor_options options;
  options.max_uploads = most;
  return options;
}

actor_options lenient() {
  actor_options options;
  options.validation = validation_policy::lenient();
  return options;
}

struct limited : open_upload {
  limited() : open_upload{with_limit(8)} {}
};
struct trusting : open_upload {
  trusting() : open_upload{lenient()} {}
};
struct crowded : open_upload {
  crowded() : open_upload{with_uploads(2)} {}
};
struct cramped : open_upload {
  cramped() : open_upload{{}, 64 * 1024} {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(upload_session)

BOOST_FIXTURE_TEST_CASE(chunks_become_one_blob, open_upload) {
  BOOST_TEST(append("hello ").value().offset == 6u);
  BOOST_TEST(append("world").value().offset == 11u);
  const auto whole = digest::of("hello world");
  auto blob = ask<msg::blob_reply>(session, msg::finish_upload{whole});
  BOOST_REQUIRE(blob);
  BOOST_TEST(blob->value->size() == 11u);
  BOOST_TEST(ask<msg::blob_reply>(home, msg::get_blob{whole}).value().value->size() == 11u);
}

BOOST_FIXTURE_TEST_CASE(a_chunk_that_came_whole_is_one_message, open_upload) {
  BOOST_TEST(add("hello ").value().offset == 6u);
  BOOST_TEST(add("").value().offset == 6u);
  BOOST_TEST(add("wor", {byte_range{6, 8}, 3, false}).value().offset == 9u);
  const auto whole = digest::of("hello world");
  BOOST_TEST(finish_with("ld", whole, byte_range{9, 10}).value().value->size() == 11u);
  BOOST_TEST(!is_listed());
  BOOST_CHECK(ask<msg::blob_reply>(home, msg::get_blob{whole}));
}

BOOST_FIXTURE_TEST_CASE(a_whole_chunk_that_is_refused_changes_nothing, open_upload) {
  BOOST_REQUIRE(add("hello"));
  const chunk_announcement gap{byte_range{6, 8}, 3, false};
  BOOST_CHECK(add("wor", gap).error().code == errc::chunk_out_of_order);
  const chunk_announcement too_long{byte_range{5, 6}, {}, false};
  BOOST_CHECK(add("wor", too_long).error().code == errc::size_invalid);
  const auto whole = digest::of("helloworld");
  BOOST_CHECK(finish_with("world", whole, byte_range{6, 10}).error().code ==
              errc::chunk_out_of_order);
  BOOST_TEST(ask<msg::upload_status>(session, msg::get_upload_status{}).value().offset == 5u);
  BOOST_CHECK(finish_with("world", whole, byte_range{5, 9}));
}

BOOST_FIXTURE_TEST_CASE(a_whole_chunk_shorter_than_its_range_stays, open_upload) {
  const chunk_announcement longer{byte_range{0, 9}, {}, false};
  BOOST_CHECK(add("hello", longer).error().code == errc::size_invalid);
  BOOST_CHECK(finish_with("world", digest::of("helloworld"), byte_range{5, 9}));
}

BOOST_FIXTURE_TEST_CASE(a_whole_chunk_has_to_wait_for_an_open_one, open_upload) {
  const auto first = begin_chunk(session);
  BOOST_CHECK(add("hello").error().code == errc::upload_busy);
  BOOST_CHECK(finish_with("hello", digest::of("hello")).error().code == errc::upload_busy);
  BOOST_REQUIRE(append_to(first, "hello"));
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{first}));
  BOOST_CHECK(finish_with("", digest::of("hello")));
}

BOOST_FIXTURE_TEST_CASE(last_bytes_of_another_digest_end_the_session, open_upload) {
  BOOST_CHECK(finish_with("hello", digest::of("other")).error().code == errc::digest_invalid);
  BOOST_TEST(!is_listed());
}

BOOST_FIXTURE_TEST_CASE(last_bytes_find_no_room_in_an_upload_that_ends, open_upload) {
  const auto whole = digest::of("hello");
  const msg::finish_upload finish{whole, msg::add_chunk{{}, chunk_of("hello")}};
  auto first = requester->request(session, caf::infinite, finish);
  auto second = requester->request(session, caf::infinite, finish);
  scheduler.run();
  bool published = false;
  first.receive([&](msg::blob_reply&) { published = true; }, [](const caf::error&) {});
  BOOST_TEST(published);
  errc refused{};
  second.receive([](msg::blob_reply&) {},
                 [&](const caf::error& failure) { refused = from_caf(failure).code; });
  BOOST_CHECK(refused == errc::upload_busy);
  BOOST_TEST(ask<msg::blob_reply>(home, msg::get_blob{whole}).value().value->size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(a_finished_session_is_gone, open_upload) {
  BOOST_REQUIRE(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("")}));
  BOOST_TEST(!is_listed());
  auto status = ask<msg::upload_status>(session, msg::get_upload_status{});
  BOOST_CHECK(status.error().code == errc::unavailable);
}

// Any reference to an actor, even a weak one, keeps its memory.
BOOST_FIXTURE_TEST_CASE(an_ended_session_leaves_no_memory_behind, open_upload) {
  const auto finished = caf::actor_cast<caf::weak_actor_ptr>(session);
  BOOST_REQUIRE(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("")}));
  session = upload_session_actor{};

  auto other = ask<msg::upload_started>(home, msg::start_upload{}).value().session;
  const auto cancelled = caf::actor_cast<caf::weak_actor_ptr>(other);
  ask<msg::acknowledged>(other, msg::cancel_upload{}).value();
  other = upload_session_actor{};
  scheduler.run();
  for (const auto* gone : {&finished, &cancelled}) {
    BOOST_TEST((*gone)->strong_refs == 0u);
    BOOST_TEST((*gone)->weak_refs == 1u);
  }
}

BOOST_FIXTURE_TEST_CASE(a_second_end_of_an_upload_does_not_disturb_the_first, open_upload) {
  BOOST_REQUIRE(append("hello"));
  const msg::finish_upload finish{digest::of("hello")};
  auto first = requester->request(session, caf::infinite, finish);
  auto second = requester->request(session, caf::infinite, finish);
  auto third = requester->request(session, caf::infinite, msg::finish_upload{digest::of("other")});
  scheduler.run();
  bool published = false;
  first.receive([&](msg::blob_reply&) { published = true; }, [](const caf::error&) {});
  BOOST_TEST(published);
  // The same end gets the same answer; another one has to wait.
  bool again = false;
  second.receive([&](msg::blob_reply&) { again = true; }, [](const caf::error&) {});
  BOOST_TEST(again);
  errc refused{};
  third.receive([](msg::blob_reply&) {},
                [&](const caf::error& failure) { refused = from_caf(failure).code; });
  BOOST_CHECK(refused == errc::upload_busy);
  BOOST_CHECK(ask<msg::blob_reply>(home, msg::get_blob{digest::of("hello")}));
}

BOOST_FIXTURE_TEST_CASE(the_outcome_of_an_upload_is_remembered, open_upload) {
  const auto name = repository_name::parse("a/b").value();
  BOOST_REQUIRE(append("hello"));
  BOOST_CHECK(!services.find_closed(*id, name));
  BOOST_REQUIRE(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("hello")}));
  const auto closed = services.find_closed(*id, name);
  BOOST_REQUIRE(closed.has_value());
  BOOST_CHECK(std::get<digest>(closed->outcome) == digest::of("hello"));
  BOOST_CHECK(!services.find_closed(*id, repository_name::parse("c").value()));
  now += 10min;
  BOOST_CHECK(!services.find_closed(*id, name));
}

BOOST_FIXTURE_TEST_CASE(an_upload_that_is_being_published_cannot_be_cancelled, open_upload) {
  BOOST_REQUIRE(append("hello"));
  auto finished =
    requester->request(session, caf::infinite, msg::finish_upload{digest::of("hello")});
  auto cancelled = requester->request(session, caf::infinite, msg::cancel_upload{});
  scheduler.run();
  bool published = false;
  finished.receive([&](msg::blob_reply&) { published = true; }, [](const caf::error&) {});
  BOOST_TEST(published);
  cancelled.receive([](msg::acknowledged&) { BOOST_ERROR("the upload was cancelled"); },
                    [](const caf::error&) {});
}

BOOST_FIXTURE_TEST_CASE(the_number_of_open_uploads_is_limited, crowded) {
  auto second = ask<msg::upload_started>(home, msg::start_upload{});
  BOOST_REQUIRE(second);
  const auto other = open_repository("c");
  const auto refused = ask<msg::upload_started>(other, msg::start_upload{});
  BOOST_CHECK(refused.error().code == errc::too_many_uploads);
  // The empty repository sleeps again.
  BOOST_CHECK(!services.repositories.find(repository_name::parse("c").value()));
  BOOST_REQUIRE(ask<msg::acknowledged>(session, msg::cancel_upload{}));
  BOOST_CHECK(ask<msg::upload_started>(home, msg::start_upload{}));
  BOOST_TEST(services.open_uploads() == 2U);
}

BOOST_FIXTURE_TEST_CASE(an_upload_ends_with_its_repository, open_upload) {
  caf::anon_send_exit(home, caf::exit_reason::kill);
  scheduler.run();
  BOOST_TEST(!is_listed());
  BOOST_TEST(services.open_uploads() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_digest_ends_the_session_and_publishes_nothing, open_upload) {
  BOOST_REQUIRE(append("hello"));
  auto refused = ask<msg::blob_reply>(session, msg::finish_upload{digest::of("other")});
  BOOST_CHECK(refused.error().code == errc::digest_invalid);
  BOOST_TEST(!is_listed());
  BOOST_CHECK(!ask<msg::blob_reply>(home, msg::get_blob{digest::of("hello")}));
  BOOST_CHECK(!ask<msg::blob_reply>(home, msg::get_blob{digest::of("other")}));
}

BOOST_FIXTURE_TEST_CASE(a_digest_of_another_algorithm_is_computed_from_the_bytes, open_upload) {
  // case 92
  BOOST_REQUIRE(append("hello"));
  const auto wide = digest::of("hello", digest_algorithm::sha512);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{wide}));
}

BOOST_FIXTURE_TEST_CASE(a_second_chunk_waits_for_the_first, open_upload) {
  // case 113
  const auto first = begin_chunk(session);
  BOOST_CHECK(ask<msg::chunk_reply>(session, msg::begin_chunk{}).error().code == errc::upload_busy);
  auto finish = ask<msg::blob_reply>(session, msg::finish_upload{digest::of("")});
  BOOST_CHECK(finish.error().code == errc::upload_busy);
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{first}));
  BOOST_CHECK(ask<msg::chunk_reply>(session, msg::begin_chunk{}));
}

BOOST_FIXTURE_TEST_CASE(bytes_before_a_broken_connection_stay, open_upload) {
  // case 112
  const auto broken = begin_chunk(session, {byte_range{0, 9}, 10, false});
  BOOST_REQUIRE(append_to(broken, "hello"));
  BOOST_TEST(ask<msg::upload_status>(session, msg::end_chunk{broken, false}).value().offset == 5u);
  BOOST_TEST(append("world", {byte_range{5, 9}, 5, false}).value().offset == 10u);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("helloworld")}));
}

BOOST_FIXTURE_TEST_CASE(a_repeated_chunk_is_refused_and_changes_nothing, open_upload) {
  // case 100
  const chunk_announcement first{byte_range{0, 4}, 5, false};
  BOOST_REQUIRE(append("hello", first));
  BOOST_CHECK(append("hello", first).error().code == errc::chunk_out_of_order);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("hello")}));
}

BOOST_FIXTURE_TEST_CASE(a_silent_chunk_is_replaced_and_its_late_bytes_are_refused, open_upload) {
  const msg::begin_chunk successor{{byte_range{5, 9}, 5, false}};
  const auto old = begin_chunk(session, {byte_range{0, 9}, 10, false});
  BOOST_REQUIRE(append_to(old, "hello"));
  now += services.options.chunk_silence - 1ms;
  BOOST_CHECK(ask<msg::chunk_reply>(session, successor).error().code == errc::upload_busy);
  now += 1ms;
  const auto next = ask<msg::chunk_reply>(session, successor);
  BOOST_REQUIRE(next);
  BOOST_CHECK(append_to(old, "HELLO").error().code == errc::upload_busy);
  BOOST_CHECK(ask<msg::upload_status>(session, msg::end_chunk{old}).error().code ==
              errc::upload_busy);
  BOOST_REQUIRE(append_to(next->number, "world"));
  BOOST_TEST(ask<msg::upload_status>(session, msg::end_chunk{next->number}).value().offset == 10u);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("helloworld")}));
}

BOOST_FIXTURE_TEST_CASE(an_upload_can_end_despite_a_silent_open_chunk, open_upload) {
  const auto old = begin_chunk(session);
  BOOST_REQUIRE(append_to(old, "hello"));
  const msg::finish_upload finish{digest::of("hello")};
  BOOST_CHECK(ask<msg::blob_reply>(session, finish).error().code == errc::upload_busy);
  now += services.options.chunk_silence;
  BOOST_CHECK(ask<msg::blob_reply>(session, finish));
}

BOOST_FIXTURE_TEST_CASE(the_whole_upload_counts_against_the_limit, limited) {
  // case 116
  BOOST_REQUIRE(append("12345"));
  BOOST_CHECK(append("6789").error().code == errc::payload_too_large);
  BOOST_TEST(append("678").value().offset == 8u);
}

BOOST_FIXTURE_TEST_CASE(a_whole_chunk_above_the_limit_leaves_the_upload_as_it_was, limited) {
  BOOST_REQUIRE(add("12345"));
  BOOST_CHECK(add("6789").error().code == errc::payload_too_large);
  const auto whole = digest::of("12345678");
  BOOST_CHECK(finish_with("6789", whole).error().code == errc::payload_too_large);
  BOOST_CHECK(finish_with("678", whole));
}

BOOST_FIXTURE_TEST_CASE(buffers_after_a_refused_one_are_refused_too, limited) {
  const auto chunk = begin_chunk(session);
  BOOST_REQUIRE(append_to(chunk, "12345"));
  BOOST_CHECK(!append_to(chunk, "6789"));
  // It would fit, but leave a gap before it.
  BOOST_CHECK(!append_to(chunk, "6"));
  BOOST_TEST(ask<msg::upload_status>(session, msg::end_chunk{chunk, false}).value().offset == 5u);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{digest::of("12345")}));
}

BOOST_FIXTURE_TEST_CASE(an_upload_that_fills_the_engine_gives_its_bytes_back, cramped) {
  const auto before = answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value();
  BOOST_REQUIRE(append(std::string(20 * 1024, 'x')));
  const std::string large(256 * 1024, 'x');
  BOOST_CHECK(append(large).error().code == errc::insufficient_storage);
  BOOST_TEST(!is_listed());
  // Until it would have expired, every request for it gets the same answer.
  const auto name = repository_name::parse("a/b").value();
  const auto closed = services.find_closed(*id, name);
  BOOST_REQUIRE(closed.has_value());
  BOOST_CHECK(std::get<error>(closed->outcome).code == errc::insufficient_storage);
  now += services.options.upload_expiry - 1ms;
  BOOST_CHECK(services.find_closed(*id, name));
  now += 1ms;
  BOOST_CHECK(!services.find_closed(*id, name));
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() <= before);
  push_blob(open_repository("a/b"), "hello"); // it was empty, so it went to sleep
}

BOOST_FIXTURE_TEST_CASE(last_bytes_that_fill_the_engine_end_the_session, cramped) {
  const std::string large(256 * 1024, 'x');
  BOOST_CHECK(finish_with(large, digest::of(large)).error().code == errc::insufficient_storage);
  BOOST_TEST(!is_listed());
  const auto closed = services.find_closed(*id, repository_name::parse("a/b").value());
  BOOST_REQUIRE(closed.has_value());
  BOOST_CHECK(std::get<error>(closed->outcome).code == errc::insufficient_storage);
}

BOOST_FIXTURE_TEST_CASE(cancelling_gives_the_bytes_back, open_upload) {
  const auto before = answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value();
  BOOST_REQUIRE(append(std::string(100'000, 'x')));
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() >= before + 100'000);
  BOOST_REQUIRE(ask<msg::acknowledged>(session, msg::cancel_upload{}));
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() <= before);
  BOOST_TEST(!is_listed());
}

BOOST_FIXTURE_TEST_CASE(the_lenient_profile_accepts_a_digest_unchecked, trusting) {
  BOOST_REQUIRE(append("hello"));
  const auto given = digest::parse_lenient("sha256:made-up").value();
  BOOST_TEST(
    ask<msg::blob_reply>(session, msg::finish_upload{given}).value().value->id().to_string() ==
    "sha256:made-up");
}

BOOST_FIXTURE_TEST_CASE(the_lenient_profile_computes_an_absent_digest, trusting) {
  // case 88
  BOOST_REQUIRE(append("hello"));
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{}).value().value->id() ==
              digest::of("hello"));
}

BOOST_FIXTURE_TEST_CASE(a_session_that_dies_leaves_the_index, open_upload) {
  caf::anon_send_exit(session, caf::exit_reason::kill);
  scheduler.run();
  BOOST_TEST(!is_listed());
}

BOOST_AUTO_TEST_SUITE_END()
