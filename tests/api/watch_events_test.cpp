// One stream of events and the feed behind it: the seam between log and ring, and slow readers.
#include "api/watch_events.hpp"

#include "simulation/forwarding.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/memory/engine.hpp"
#include "support/test_transport.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using numbers = std::vector<int>;

namespace {

/// A log that cannot be read while it `fails`.
class failing_log final : public simulation::forwarding_metadata {
public:
  using forwarding_metadata::forwarding_metadata;

  void list_changes(const change_query& query, completion<change_page> done) const override {
    if (fails)
      return done(fail(errc::storage_failed));
    forwarding_metadata::list_changes(query, std::move(done));
  }

  bool fails = false;
};

/// The numbers in the ids of events, without those of comments.
numbers numbers_in(std::string_view text) {
  numbers found;
  for (auto at = text.find("id: "); at != std::string_view::npos; at = text.find("id: ", at + 1))
    if (at < 2 || text[at - 2] != ':')
      found.push_back(std::stoi(std::string{text.substr(at + 4)}));
  return found;
}

/// A feed with a ring of four events, and the repository `a`. One thread runs all of it.
struct feeding {
  feeding() { server.watches = &feed; }
  ~feeding() {
    streams.clear();
    context.poll(); // the feed stops to listen
  }

  /// A stream from after that number.
  api::watch_events& watch(std::uint64_t position, api::watch_request asked = {}) {
    asked.position = position;
    auto& script = scripts.emplace_back(std::make_shared<stream_script>());
    script->falls_silent = true;
    auto& peer = *peers.emplace_back(
      std::make_unique<net::connection>(std::make_unique<test_transport>(context, script), 1min));
    streams.push_back(
      std::make_unique<api::watch_events>(server, peer, feed.enter().value(), std::move(asked)));
    context.poll();
    return *streams.back();
  }

  /// The next text; empty at the end, or if it is cut.
  std::string read(api::watch_events& stream) {
    std::optional<std::string> text;
    const auto take = [&]() -> boost::asio::awaitable<std::string> {
      co_return std::string{co_await stream.next(ec)};
    };
    boost::asio::co_spawn(context, take(),
                          [&](std::exception_ptr, std::string found) { text = std::move(found); });
    while (!text)
      context.run_one();
    return *text;
  }
  /// Reads events until one has the number `last`.
  numbers read_to(api::watch_events& stream, int last) {
    numbers all;
    while (all.empty() || all.back() != last) {
      const auto text = read(stream);
      BOOST_REQUIRE(!text.empty());
      for (const auto number : numbers_in(text))
        all.push_back(number);
    }
    return all;
  }

  void push(int count = 1) {
    for (int i = 0; i < count; ++i) {
      const std::string bytes = R"({"schemaVersion":2,"manifests":[]})";
      manifest_write write{
        .value = std::make_shared<const manifest>(manifest::accept(
          bytes, media_type::parse("application/vnd.oci.image.index.v1+json").value(), {}))};
      write.tags.push_back(tag::parse("t" + std::to_string(++pushed)).value());
      answer_of(*store, &repository_store::put_manifest, std::move(write)).value();
      context.poll();
    }
  }

  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{
    context.get_executor()};
  std::unique_ptr<storage_engine> engine = storage::make_memory_engine();
  failing_log log{engine->metadata()};
  registry_services services{*engine, {}};
  api::context server{services, {}, nullptr};
  api::watch_feed feed{log, {&context}, {.most = 3, .ring = {.events = 4}, .heartbeat = 1ms}};
  std::shared_ptr<repository_store> store =
    engine->metadata().open(repository_name::parse("a").value());
  int pushed = 0;
  std::vector<std::shared_ptr<stream_script>> scripts;
  std::vector<std::unique_ptr<net::connection>> peers;
  std::vector<std::unique_ptr<api::watch_events>> streams;
  net::error_code ec;
};

numbers from_to(int first, int last) {
  numbers all;
  for (int i = first; i <= last; ++i)
    all.push_back(i);
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(watch_events, feeding)

BOOST_AUTO_TEST_CASE(a_stream_begins_with_where_it_is) {
  push(3);
  auto& stream = watch(3);
  BOOST_TEST(read(stream) == ":\nid: 3\n\n");
  push();
  BOOST_TEST(numbers_in(read(stream)) == numbers{4}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(silence_is_broken_by_comments_with_the_number_of_now) {
  auto& stream = watch(0, {.which = {.repository = "other"}});
  read(stream);
  BOOST_TEST(read(stream) == ":\nid: 0\n\n");
  push(2);
  BOOST_TEST(read(stream) == ":\nid: 2\n\n"); // what does not match was passed over
}

BOOST_AUTO_TEST_CASE(a_client_that_knows_nothing_useful_begins_with_a_reset) {
  push(2);
  auto& stream = watch(2, {.begins_with_reset = true});
  BOOST_TEST(read(stream) == "event: reset\nid: 2\ndata: {}\n\n");
}

BOOST_AUTO_TEST_CASE(what_came_together_is_sent_together) {
  auto& stream = watch(0);
  read(stream);
  push();
  const auto first = read(stream);
  push(3);
  const auto rest = read_to(stream, 4);
  BOOST_TEST(numbers_in(first) == numbers{1}, boost::test_tools::per_element());
  BOOST_TEST(rest == from_to(2, 4), boost::test_tools::per_element());
  BOOST_TEST(feed.events_sent() == 4U);
}

BOOST_AUTO_TEST_CASE(the_ring_follows_the_log_without_a_seam) {
  push(200); // no one watches
  watch(200);
  auto& stream = watch(0);
  push(20); // the ring has the last four of them
  BOOST_TEST(read_to(stream, 220) == from_to(1, 220), boost::test_tools::per_element());
  push();
  BOOST_TEST(read_to(stream, 221) == numbers{221}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_log_may_be_ahead_of_the_ring) {
  watch(0);
  push(3);
  auto& stream = watch(2);
  BOOST_TEST(read_to(stream, 3) == numbers{3}, boost::test_tools::per_element());
  auto& ahead = watch(5); // read from the log before the feed came to it
  push(3);
  BOOST_TEST(read_to(ahead, 6) == numbers{6}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_page_of_the_log_counts_among_the_bytes_in_flight) {
  push(10);
  auto& stream = watch(0);
  watch(10);
  read(stream);
  const auto& share = *server.bytes.texts(0);
  BOOST_TEST(share.used() == 0U);
  read(stream);
  BOOST_TEST(share.used() > 0U);
  read(stream); // a comment: all was sent
  BOOST_TEST(share.used() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_gone_from_the_log_is_a_reset) {
  push(5);
  auto& stream = watch(2);
  read(stream);
  answer_of(engine->upkeep(), &upkeep_engine::clear).value();
  context.poll();
  const auto text = read(stream);
  BOOST_TEST(text.starts_with("id: 6\nevent: reset\n"));
  store = engine->metadata().open(repository_name::parse("a").value());
  push();
  BOOST_TEST(read_to(stream, 7) == numbers{7}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_clearing_while_it_is_watched_is_a_reset) {
  auto& stream = watch(0);
  push();
  BOOST_TEST(read_to(stream, 1) == numbers{1}, boost::test_tools::per_element());
  answer_of(engine->upkeep(), &upkeep_engine::clear).value();
  context.poll();
  BOOST_TEST(read(stream) == "id: 2\nevent: reset\ndata: {}\n\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_takes_nothing_is_cut_once_the_ring_has_passed_it) {
  auto& slow = watch(0);
  auto& quick = watch(0);
  read(slow);
  read(quick);
  push();
  BOOST_TEST(numbers_in(read(slow)) == numbers{1}, boost::test_tools::per_element());
  // It does not come back: its connection is still sending.
  push(3);
  BOOST_TEST(!peers[0]->is_aborted());
  push();
  BOOST_TEST(peers[0]->is_aborted());
  BOOST_TEST(!peers[1]->is_aborted());
  BOOST_TEST(feed.dropped() == 1U);
  push();
  BOOST_TEST(feed.dropped() == 1U);
  BOOST_TEST(read_to(quick, 6) == from_to(1, 6), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_log_that_cannot_be_read_cuts_those_that_need_it) {
  push(10);
  watch(10);
  auto& behind = watch(0);
  auto& current = watch(10);
  read(behind);
  read(current);
  log.fails = true;
  BOOST_TEST(read(behind).empty());
  BOOST_TEST(ec.failed()); // so that the client knows that it was no end
  ec = {};
  BOOST_TEST(read(current) == ":\nid: 10\n\n");
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_ends_the_stream) {
  auto& stream = watch(0);
  read(stream);
  push();
  feed.end_streams();
  context.poll();
  BOOST_TEST(read(stream).empty());
  BOOST_TEST(!ec.failed());
}

BOOST_AUTO_TEST_CASE(a_login_that_ends_in_time_ends_the_stream) {
  auto who = std::make_shared<auth::identity>();
  who->who = policy::subject::user_named("alice");
  who->by.end = std::chrono::system_clock::now() - 1s;
  auto& stream = watch(0, {.who = who});
  read(stream);
  push();
  BOOST_TEST(read(stream).empty());
  BOOST_TEST(!ec.failed());
}

BOOST_AUTO_TEST_CASE(places_are_limited_and_given_back) {
  for (int i = 0; i < 3; ++i)
    watch(0);
  BOOST_TEST(feed.watchers() == 3U);
  BOOST_TEST(!feed.enter());
  streams.pop_back();
  BOOST_TEST(feed.watchers() == 2U);
  BOOST_TEST(feed.enter().has_value());
}

BOOST_AUTO_TEST_CASE(a_feed_that_no_one_watches_reads_nothing) {
  watch(0);
  push();
  streams.clear();
  context.poll();
  log.fails = true; // an attempt to read would be repeated after a pause
  push(5);
  BOOST_TEST(context.poll() == 0U);
  log.fails = false;
  auto& stream = watch(6);
  push();
  BOOST_TEST(read_to(stream, 7) == numbers{7}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
