// Hashing on another thread than the one that receives the bytes.
#include "actors/digester.hpp"

#include "support/threaded_actors.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace gantry;

namespace {

actor_options with_digesters() {
  actor_options options;
  options.digesters = 2;
  options.hash_beside = 1000;
  options.hash_part = 100'000 / 3; // several parts and a remainder
  return options;
}

struct beside : test::threaded_actors {
  beside() : threaded_actors{with_digesters()} {
    auto started = ask<msg::upload_started>(home, msg::start_upload{}).value();
    id = started.id;
    session = started.session;
  }

  void begin_chunk() { chunk = ask<msg::chunk_reply>(session, msg::begin_chunk{}).value().number; }

  static msg::chunk piece(char letter) {
    std::shared_ptr<std::byte[]> bytes{new std::byte[piece_size]};
    std::memset(bytes.get(), letter, piece_size);
    return {bytes, piece_size};
  }

  static msg::chunk small_piece() {
    std::shared_ptr<std::byte[]> bytes{new std::byte[500]};
    std::memset(bytes.get(), 'x', 500);
    return {bytes, 500};
  }

  /// Chunks in progress at the same time, as a connection sends them.
  void send_pieces(std::string_view letters) {
    std::vector<decltype(append('x'))> sent;
    for (const char letter : letters)
      sent.push_back(append(letter));
    for (auto& each : sent)
      each.receive([](const msg::acknowledged&) {},
                   [](const caf::error&) { BOOST_ERROR("bytes were refused"); });
  }

  static std::string content(std::string_view letters) {
    std::string bytes;
    for (const char letter : letters)
      bytes.append(piece_size, letter);
    return bytes;
  }

  /// Waits until another digester has replaced it.
  digester_actor kill(std::size_t number) {
    auto dead = services.digesters[number].get();
    requester->send_exit(dead, caf::exit_reason::kill);
    while (services.digesters[number].get() == dead)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return dead;
  }

  static constexpr std::size_t piece_size = 100'000;
  repository_actor home = open_repository("a/b");
  std::optional<upload_id> id;
  upload_session_actor session;
  chunk_number chunk = 0;

  auto append(char letter)
    -> decltype(requester->request(session, caf::infinite, msg::append_chunk{})) {
    return requester->request(session, caf::infinite, msg::append_chunk{chunk, piece(letter)});
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(digester)

BOOST_FIXTURE_TEST_CASE(bytes_are_hashed_in_order, beside) {
  begin_chunk();
  send_pieces("abcdefgh");
  BOOST_TEST(ask<msg::upload_status>(session, msg::end_chunk{chunk}).value().offset ==
             8 * piece_size);
  const auto whole = digest::of(content("abcdefgh"));
  BOOST_TEST(ask<msg::blob_reply>(session, msg::finish_upload{whole}).value().value->size() ==
             8 * piece_size);
}

BOOST_FIXTURE_TEST_CASE(a_broken_chunk_ends_after_its_bytes, beside) {
  begin_chunk();
  auto first = append('a');
  auto second = append('b');
  auto third = append('c');
  BOOST_TEST(ask<msg::upload_status>(session, msg::end_chunk{chunk, false}).value().offset ==
             3 * piece_size);
  for (auto* each : {&first, &second, &third})
    each->receive([](const msg::acknowledged&) {},
                  [](const caf::error&) { BOOST_ERROR("bytes were refused"); });
  // The upload continues at its offset.
  begin_chunk();
  send_pieces("d");
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{chunk}));
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{digest::of(content("abcd"))}));
}

BOOST_FIXTURE_TEST_CASE(the_next_chunk_begins_after_a_broken_one, beside) {
  begin_chunk();
  send_pieces("a");
  auto last = append('b');
  // The answers are ignored.
  requester->anon_send(session, msg::end_chunk{chunk, false});
  auto begun = requester->request(session, caf::infinite, msg::begin_chunk{});
  last.receive([](const msg::acknowledged&) {},
               [](const caf::error&) { BOOST_ERROR("bytes were refused"); });
  begun.receive([this](const msg::chunk_reply& reply) { chunk = reply.number; },
                [](const caf::error&) { BOOST_ERROR("the next chunk was refused"); });
  send_pieces("c");
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{chunk}));
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{digest::of(content("abc"))}));
}

BOOST_FIXTURE_TEST_CASE(a_whole_chunk_waits_for_the_bytes_of_a_broken_one, beside) {
  begin_chunk();
  send_pieces("a");
  auto last = append('b');
  requester->anon_send(session, msg::end_chunk{chunk, false});
  auto added = requester->request(session, caf::infinite, msg::add_chunk{{}, piece('c')});
  const auto whole = digest::of(content("abcd"));
  const msg::finish_upload finish{whole, msg::add_chunk{{}, piece('d')}};
  auto ended = requester->request(session, caf::infinite, finish);
  last.receive([](const msg::acknowledged&) {},
               [](const caf::error&) { BOOST_ERROR("bytes were refused"); });
  added.receive(
    [](const msg::upload_status& status) { BOOST_TEST(status.offset == 3 * piece_size); },
    [](const caf::error&) { BOOST_ERROR("the next chunk was refused"); });
  ended.receive(
    [](const msg::blob_reply& reply) { BOOST_TEST(reply.value->size() == 4 * piece_size); },
    [](const caf::error&) { BOOST_ERROR("the end was refused"); });
}

BOOST_FIXTURE_TEST_CASE(an_upload_whose_digester_died_is_refused, beside) {
  begin_chunk();
  send_pieces("a");
  // The upload picks a digester that has died meanwhile.
  const auto dead = kill(0);
  const std::array alive{services.digesters[0].get(), services.digesters[1].get()};
  for (auto& slot : services.digesters)
    slot.set(dead);
  append('b').receive([](const msg::acknowledged&) { BOOST_ERROR("this was not hashed"); },
                      [](const caf::error&) {});
  for (std::size_t i = 0; i < alive.size(); ++i)
    services.digesters[i].set(alive[i]);
  const auto status = ask<msg::upload_status>(session, msg::get_upload_status{});
  BOOST_CHECK(status.error().code == errc::unavailable);
  BOOST_TEST(services.uploads.size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_digest_of_another_algorithm_is_computed_by_a_digester, beside) {
  // case 92
  begin_chunk();
  send_pieces("abcdefgh");
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{chunk}));
  const auto wide = digest::of(content("abcdefgh"), digest_algorithm::sha512);
  auto first = requester->request(session, caf::infinite, msg::finish_upload{wide});
  auto second = requester->request(session, caf::infinite, msg::finish_upload{wide});
  for (auto* each : {&first, &second})
    each->receive([&](const msg::blob_reply& made) { BOOST_CHECK(made.value->id() == wide); },
                  [](const caf::error&) { BOOST_ERROR("the upload was refused"); });
  BOOST_TEST(services.hashed_in_place == 0U);
}

BOOST_FIXTURE_TEST_CASE(few_bytes_are_hashed_in_place, beside) {
  begin_chunk();
  BOOST_REQUIRE(ask<msg::acknowledged>(session, msg::append_chunk{chunk, small_piece()}));
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{chunk}));
  const auto wide = digest::of(std::string(500, 'x'), digest_algorithm::sha512);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{wide}));
  BOOST_TEST(services.hashed_in_place == 500U);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_digest_of_another_algorithm_is_refused, beside) {
  begin_chunk();
  send_pieces("abc");
  BOOST_REQUIRE(ask<msg::upload_status>(session, msg::end_chunk{chunk}));
  const auto wrong = digest::of(content("abd"), digest_algorithm::sha512);
  BOOST_CHECK(ask<msg::blob_reply>(session, msg::finish_upload{wrong}).error().code ==
              errc::digest_invalid);
}

BOOST_FIXTURE_TEST_CASE(a_dead_digester_is_restarted, beside) {
  kill(0);
  auto hash = std::make_shared<hasher>(digest_algorithm::sha256);
  BOOST_REQUIRE(
    ask<msg::acknowledged>(services.digesters[0].get(), msg::hash_chunk{hash, piece('a')}));
  BOOST_TEST((hash->peek() == digest::of(content("a"))));
}

BOOST_AUTO_TEST_SUITE_END()
