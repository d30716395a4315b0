// Changes as they happen, over real sockets.
#include "policy_registry.hpp"
#include "support/late_engine.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

constexpr std::string_view watch_path = "/__gantry/v1/watch";

struct sse_event {
  std::string id;
  std::string kind;
  boost::json::object data;

  std::string text(std::string_view member) const {
    return std::string{data.at(member).as_string()};
  }
  /// `push team/app:latest`.
  std::string line() const {
    if (kind == "reset")
      return kind;
    const auto& tag = data.at("tag");
    return kind + ' ' + text("repository") + (tag.is_null() ? "" : ":" + text("tag"));
  }
};

/// Reads a stream of events as it comes.
class event_stream {
public:
  event_stream(std::uint16_t port, std::string_view query = {}, const header_list& headers = {})
    : connection_{port} {
    connection_.send_head(
      "GET", std::string{watch_path} + (query.empty() ? "" : "?") + std::string{query}, headers);
    const auto end = fill_until("\r\n\r\n");
    head_ = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    BOOST_REQUIRE_MESSAGE(head_.starts_with("HTTP/1.1 200 "), head_);
    begin_ = take_block();
  }

  const std::string& head() const noexcept { return head_; }
  /// The first block of the stream.
  const std::string& begin() const noexcept { return begin_; }
  /// The id that it brought, or the last event.
  const std::string& last_id() const noexcept { return last_id_; }
  int descriptor() const noexcept { return connection_.descriptor(); }

  /// The next event; comments are skipped.
  sse_event next() {
    for (;;) {
      auto event = read(take_block());
      if (event)
        return std::move(*event);
    }
  }
  texts next(std::size_t count) {
    texts lines;
    for (std::size_t i = 0; i < count; ++i)
      lines.push_back(next().line());
    return lines;
  }
  /// Takes what has come, without waiting; false at the end of the stream.
  bool take_ready(std::vector<sse_event>& events) {
    char piece[65536];
    for (;;) {
      const auto got = ::recv(descriptor(), piece, sizeof piece, MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EAGAIN))
        return false;
      if (got < 0)
        break;
      buffer_.append(piece, static_cast<std::size_t>(got));
    }
    for (auto end = buffer_.find("\n\n"); end != std::string::npos; end = buffer_.find("\n\n")) {
      if (auto event = read(cut(end)))
        events.push_back(std::move(*event));
    }
    return true;
  }
  /// Reads to the end. Returns whether the server ended it, instead of breaking it.
  bool ends() {
    while (fill()) {
    }
    return is_at_end_;
  }

private:
  bool fill() {
    pollfd wanted{descriptor(), POLLIN, 0};
    BOOST_REQUIRE_MESSAGE(::poll(&wanted, 1, 20'000) == 1, "nothing comes");
    char piece[65536];
    const auto got = ::recv(descriptor(), piece, sizeof piece, 0);
    is_at_end_ = got == 0;
    if (got <= 0)
      return false;
    buffer_.append(piece, static_cast<std::size_t>(got));
    return true;
  }
  std::size_t fill_until(std::string_view mark) {
    for (;;) {
      if (const auto found = buffer_.find(mark); found != std::string::npos)
        return found;
      BOOST_REQUIRE_MESSAGE(fill(), "the stream ended: " + buffer_);
    }
  }
  std::string cut(std::size_t end) {
    auto block = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return block;
  }
  std::string take_block() {
    auto block = cut(fill_until("\n\n"));
    read(block);
    return block;
  }
  std::optional<sse_event> read(std::string_view block) {
    sse_event event;
    bool has_data = false;
    while (!block.empty()) {
      const auto line = block.substr(0, block.find('\n'));
      block.remove_prefix(std::min(line.size() + 1, block.size()));
      const auto value = line.substr(std::min(line.find(": "), line.size() - 2) + 2);
      if (line.starts_with("id: "))
        last_id_ = event.id = value;
      else if (line.starts_with("event: "))
        event.kind = value;
      else if (line.starts_with("data: ")) {
        has_data = true;
        event.data = boost::json::parse(std::string{value}).as_object();
      }
    }
    return has_data ? std::optional{std::move(event)} : std::nullopt;
  }

  http_connection connection_;
  std::string buffer_;
  std::string head_;
  std::string last_id_;
  std::string begin_;
  bool is_at_end_ = false;
};

/// In memory, or in a folder.
struct any_registry {
  explicit any_registry(bool on_disk) : on_disk_{on_disk} { start(); }

  void start() {
    client.reset();
    server.reset();
    server.emplace([&](app::registry_options& settings) {
      if (on_disk_)
        settings.data = (folder_.path() / "data").string();
    });
    client.emplace(*server);
  }
  void push(std::string_view repository, std::string_view reference, std::string_view mark = "x") {
    client->push_manifest(repository, reference, lone_manifest(mark));
  }
  event_stream watch(std::string_view query = {}, const header_list& headers = {}) const {
    return {server->port(), query, headers};
  }

  std::optional<running_registry> server;
  std::optional<registry_client> client;

private:
  bool on_disk_;
  temp_dir folder_;
};

const auto both_engines = boost::unit_test::data::make({false, true});

/// alice may watch, and pull in `team`.
constexpr const char* alice_watches =
  "- {allow: [catalog], users: [alice, bob]}\n"
  "- {allow: [pull], repositories: [\"team/**\"], users: alice}\n";

void check_seam(bool on_disk) {
  any_registry registry{on_disk};
  const auto begin = registry.watch().last_id();
  int pushed = 0;
  const auto push_next = [&] { registry.push("a", std::to_string(++pushed)); };
  // The server notices that the watcher has left when it sends the next event.
  BOOST_REQUIRE(eventually([&] {
    push_next();
    return registry.client->get("/metrics").body.find("\ngantry_watchers 0\n") != std::string::npos;
  }));
  for (int i = 0; i < 150; ++i) // more than two pages
    push_next();
  auto late = registry.watch("after=" + begin);
  for (int i = 0; i < 20; ++i)
    push_next();
  for (int i = 1; i <= pushed; ++i)
    BOOST_REQUIRE(late.next().line() == "push a:" + std::to_string(i));
}

void check_crowd(bool on_disk) {
  constexpr std::size_t watchers = 200;
  constexpr std::size_t pushers = 4;
  constexpr std::size_t pushes = 50;
  any_registry registry{on_disk};
  std::vector<event_stream> streams;
  for (std::size_t i = 0; i < watchers; ++i)
    streams.push_back(registry.watch());
  std::vector<std::unique_ptr<background>> work;
  for (std::size_t p = 0; p < pushers; ++p)
    work.push_back(std::make_unique<background>([&registry, p](const std::atomic<bool>&) {
      registry_client client{*registry.server};
      for (std::size_t i = 0; i < pushes; ++i)
        client.push_manifest("r" + std::to_string(p), "t" + std::to_string(i), lone_manifest("x"));
    }));
  std::vector<std::vector<sse_event>> seen(watchers);
  const auto is_complete = [](const auto& events) { return events.size() >= pushers * pushes; };
  BOOST_TEST(eventually([&] {
    for (std::size_t i = 0; i < watchers; ++i)
      BOOST_REQUIRE(streams[i].take_ready(seen[i]));
    return std::ranges::all_of(seen, is_complete);
  }));
  for (auto& each : work)
    each->join();
  for (const auto& events : seen) {
    std::set<std::string> lines;
    for (const auto& each : events)
      lines.insert(each.line());
    BOOST_REQUIRE(events.size() == pushers * pushes);
    BOOST_REQUIRE(lines.size() == pushers * pushes);
    BOOST_REQUIRE(std::ranges::is_sorted(events, {}, [](const sse_event& each) {
      return each.data.at("sequence").to_number<std::uint64_t>();
    }));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(watch)

BOOST_DATA_TEST_CASE(a_push_is_told_while_it_is_watched, both_engines, on_disk) {
  any_registry registry{on_disk};
  registry.push("team/old", "1");
  auto stream = registry.watch();
  BOOST_TEST(stream.head().find("Content-Type: text/event-stream") != std::string::npos);
  BOOST_TEST(stream.begin().starts_with(":\nid: 1"));
  registry.push("team/app", "latest", "one");
  const auto event = stream.next();
  BOOST_TEST(event.line() == "push team/app:latest");
  BOOST_TEST(event.id.starts_with("2"));
  BOOST_TEST(event.data.at("before").is_null());
  BOOST_TEST(event.text("after") == sha256(lone_manifest("one")));
  BOOST_TEST(event.data.at("size").as_int64() ==
             static_cast<std::int64_t>(lone_manifest("one").size()));
  BOOST_TEST(event.text("mediaType") == types::index);
  BOOST_TEST(event.text("time").ends_with("Z"));
  BOOST_TEST(!event.data.contains("user"));
}

BOOST_DATA_TEST_CASE(each_kind_of_change_is_told, both_engines, on_disk) {
  any_registry registry{on_disk};
  auto stream = registry.watch();
  registry.push("a", "latest", "one");
  registry.push("a", "latest", "two");
  registry.push("a", sha256(lone_manifest("alone")), "alone");
  BOOST_REQUIRE(registry.client->erase(manifest_path("a", "latest")).status == 202);
  BOOST_REQUIRE(registry.client->erase(manifest_path("a", sha256(lone_manifest("alone")))).status ==
                202);
  BOOST_TEST(stream.next(5) ==
               (texts{"push a:latest", "move a:latest", "push a", "delete a:latest", "delete a"}),
             boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(globs_choose_repositories_and_tags, both_engines, on_disk) {
  any_registry registry{on_disk};
  auto some = registry.watch("repository=team/*&tag=v1.*");
  auto exact = registry.watch("repository=team/app");
  registry.push("team/app", "v1.0");
  registry.push("other/app", "v1.0");
  registry.push("team/app", "v2.0");
  registry.push("team/deep/app", "v1.1");
  registry.push("team/app", "last");
  registry.push("team/app", "v1.2");
  BOOST_TEST(some.next(3) ==
               (texts{"push team/app:v1.0", "push team/deep/app:v1.1", "push team/app:v1.2"}),
             boost::test_tools::per_element());
  BOOST_TEST(exact.next(4) == (texts{"push team/app:v1.0", "push team/app:v2.0",
                                     "push team/app:last", "push team/app:v1.2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parameters_that_make_no_sense_are_refused_with_advice) {
  running_registry server;
  registry_client client{server};
  const std::pair<const char*, const char*> cases[] = {
    {"repository=Team/*", "a pattern such as team/*"},   {"repository=", "leave the parameter out"},
    {"repository=a&repository=b", "write it once"},      {"tag=a/b", "a pattern such as v1.*"},
    {"after=x", "after: 'x' is not the id of an event"},
  };
  for (const auto& [query, advice] : cases) {
    const auto refused =
      expect_error(client, {"GET", with_query(watch_path, query)}, 400, "BAD_REQUEST");
    BOOST_TEST(refused.body.find(advice) != std::string::npos, query << ": " << refused.body);
  }
  const http_request wrong{"GET", std::string{watch_path}, {{"Last-Event-ID", "1 2"}}};
  expect_error(client, wrong, 400, "BAD_REQUEST");
  expect_error(client, {"POST", std::string{watch_path}}, 405, "UNSUPPORTED");
}

BOOST_AUTO_TEST_CASE(a_head_says_what_a_get_would_be) {
  running_registry server;
  registry_client client{server};
  const auto answer = client.head(watch_path);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("Content-Type") == "text/event-stream");
}

BOOST_DATA_TEST_CASE(a_client_resumes_after_the_last_event_that_it_saw, both_engines, on_disk) {
  any_registry registry{on_disk};
  std::string seen;
  {
    auto stream = registry.watch();
    registry.push("a", "1");
    registry.push("a", "2");
    stream.next();
    seen = stream.last_id();
  }
  registry.push("a", "3");
  auto by_field = registry.watch({}, {{"Last-Event-ID", seen}});
  BOOST_TEST(by_field.begin().starts_with(":\nid: 1"));
  BOOST_TEST(by_field.next(2) == (texts{"push a:2", "push a:3"}), boost::test_tools::per_element());
  auto by_parameter = registry.watch("after=" + seen);
  BOOST_TEST(by_parameter.next(2) == (texts{"push a:2", "push a:3"}),
             boost::test_tools::per_element());
  // A browser repeats its address, with the field.
  auto by_both = registry.watch("after=" + seen, {{"Last-Event-ID", by_field.last_id()}});
  registry.push("a", "4");
  BOOST_TEST(by_both.next(1) == texts{"push a:4"}, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(what_happened_unwatched_comes_from_the_log_without_a_seam, both_engines,
                     on_disk) {
  check_seam(on_disk);
}

BOOST_DATA_TEST_CASE(an_id_that_was_never_given_begins_with_a_reset, both_engines, on_disk) {
  any_registry registry{on_disk};
  registry.push("a", "1");
  auto stream = registry.watch("after=99");
  BOOST_TEST(stream.begin().starts_with("event: reset\nid: 1"));
  const auto known = stream.last_id();
  registry.push("a", "2");
  BOOST_TEST(stream.next().line() == "push a:2");
  auto again = registry.watch("after=" + known); // the id of a reset is one to resume from
  BOOST_TEST(again.next().line() == "push a:2");
}

BOOST_AUTO_TEST_CASE(a_registry_in_memory_does_not_know_ids_of_another_one) {
  any_registry registry{false};
  registry.push("a", "1");
  const auto known = registry.watch().last_id();
  registry.start();
  registry.push("b", "1");
  BOOST_TEST(registry.watch("after=" + known).begin().starts_with("event: reset\n"));
}

BOOST_AUTO_TEST_CASE(a_registry_in_a_folder_knows_the_ids_of_before) {
  any_registry registry{true};
  registry.push("a", "1");
  const auto known = registry.watch().last_id();
  registry.push("a", "2");
  registry.start();
  registry.push("a", "3");
  auto stream = registry.watch("after=" + known);
  BOOST_TEST(stream.next(2) == (texts{"push a:2", "push a:3"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reset_of_the_content_is_told) {
  any_registry registry{false};
  registry.push("a", "1");
  auto stream = registry.watch();
  const auto before = stream.last_id();
  BOOST_REQUIRE(registry.client->post("/__parlel/reset").status == 200);
  BOOST_TEST(stream.next().kind == "reset");
  registry.push("a", "2");
  BOOST_TEST(stream.next().line() == "push a:2");
  // Of one who was away meanwhile.
  auto late = registry.watch("after=" + before);
  BOOST_TEST(late.next().kind == "reset");
  const auto taken = registry.client->post("/__parlel/snapshot");
  BOOST_REQUIRE(taken.status == 201);
  registry.push("a", "3");
  BOOST_TEST(stream.next().line() == "push a:3");
  for (int i = 0; i < 2; ++i) { // in place of other content, and of none
    BOOST_REQUIRE(registry.client->post("/__parlel/snapshot/1/restore").status == 200);
    BOOST_TEST(stream.next().kind == "reset");
    BOOST_REQUIRE(registry.client->post("/__parlel/reset").status == 200);
    BOOST_TEST(stream.next().kind == "reset");
  }
}

BOOST_AUTO_TEST_CASE(an_engine_that_answers_late_is_watched_as_well) {
  running_registry server{[](app::registry_options& settings) {
    settings.around_engine = [](std::unique_ptr<storage_engine> inner) {
      auto queue = std::make_shared<late_work_queue>(late_work_queue::runs::on_its_thread);
      return make_late_engine(std::move(inner), std::move(queue));
    };
  }};
  registry_client client{server};
  client.push_manifest("a", "1", lone_manifest("x"));
  event_stream from_now{server.port()};
  event_stream from_begin{server.port(), "after=99"};
  client.push_manifest("a", "2", lone_manifest("x"));
  BOOST_TEST(from_now.next().line() == "push a:2");
  BOOST_TEST(from_begin.next().line() == "push a:2");
}

BOOST_AUTO_TEST_CASE(watchers_see_what_they_may_pull) {
  policy_registry registry{alice_watches};
  registry_client client{registry.server()};
  const auto port = registry.server().port();
  event_stream root{port, {}, as("root")};
  event_stream alice{port, {}, as("alice")};
  event_stream globbed{port, "repository=*", as("alice")};
  push_manifest_as_root(client, "secret/app", "1", lone_manifest("x"));
  push_manifest_as_root(client, "team/app", "1", lone_manifest("x"));
  BOOST_TEST(root.next(2) == (texts{"push secret/app:1", "push team/app:1"}),
             boost::test_tools::per_element());
  BOOST_TEST(alice.next(1) == texts{"push team/app:1"}, boost::test_tools::per_element());
  BOOST_TEST(globbed.next(1) == texts{"push team/app:1"}, boost::test_tools::per_element());
  // The same for one who catches up.
  event_stream late{port, "after=99", as("alice")};
  event_stream later{port, "after=" + alice.last_id(), as("alice")};
  push_manifest_as_root(client, "secret/app", "2", lone_manifest("x"));
  push_manifest_as_root(client, "team/app", "2", lone_manifest("x"));
  BOOST_TEST(late.next().line() == "push team/app:2");
  BOOST_TEST(later.next().line() == "push team/app:2");
}

BOOST_AUTO_TEST_CASE(users_are_shown_to_administrators) {
  policy_registry registry{alice_watches};
  registry_client client{registry.server()};
  event_stream root{registry.server().port(), {}, as("root")};
  event_stream alice{registry.server().port(), {}, as("alice")};
  push_manifest_as_root(client, "team/app", "1", lone_manifest("x"));
  BOOST_TEST(root.next().text("user") == "root");
  BOOST_TEST(!alice.next().data.contains("user"));
}

BOOST_AUTO_TEST_CASE(watching_takes_the_right_to_the_catalog) {
  policy_registry registry{alice_watches};
  registry_client client{registry.server()};
  const std::string path{watch_path};
  check_error(client.get(path, as("carol")), 403, "DENIED", true);
  check_error(client.get(path), 401, "UNAUTHORIZED", true);
}

BOOST_AUTO_TEST_CASE(a_policy_that_changes_counts_for_those_that_watch) {
  policy_registry registry{alice_watches};
  registry_client client{registry.server()};
  event_stream alice{registry.server().port(), {}, as("alice")};
  event_stream root{registry.server().port(), {}, as("root")};
  // Pushes until something comes that only the new rules can bring.
  const auto push_until = [&](const std::function<bool(std::vector<sse_event>&)>& is_new) {
    int pushed = 0;
    std::vector<sse_event> seen;
    return eventually(
      [&] {
        for (const auto* where : {"team/app", "other/app"})
          push_manifest_as_root(client, where, "t" + std::to_string(++pushed), lone_manifest("x"));
        return is_new(seen);
      },
      20ms);
  };
  registry.set_rules("- {allow: [catalog], users: alice}\n"
                     "- {allow: [pull], repositories: [\"other/**\"], users: alice}\n");
  BOOST_TEST(push_until([&](auto& seen) {
    return alice.take_ready(seen) && std::ranges::any_of(seen, [](const sse_event& each) {
             return each.text("repository") == "other/app";
           });
  }));
  registry.set_rules("- {allow: [pull], repositories: [\"**\"], users: alice}\n");
  BOOST_TEST(push_until([&](auto& seen) { return !alice.take_ready(seen); }));
  std::vector<sse_event> all;
  BOOST_TEST(root.take_ready(all)); // it goes on
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_ends_the_streams_at_once) {
  // Those that do not end would hold the server up for longer than a test may take.
  running_registry server{
    [](app::registry_options& settings) { settings.http.drain_timeout = std::chrono::hours{1}; }};
  event_stream idle{server.port()};
  event_stream other{server.port(), "repository=none"};
  server.stop();
  BOOST_TEST(idle.ends());
  BOOST_TEST(other.ends());
}

BOOST_AUTO_TEST_CASE(the_other_half_of_the_connections_is_not_for_watchers) {
  running_registry server{
    [](app::registry_options& settings) { settings.http.max_connections = 6; }};
  std::vector<event_stream> streams;
  for (int i = 0; i < 3; ++i)
    streams.emplace_back(server.port());
  registry_client client{server};
  const auto refused = client.get(watch_path);
  check_error(refused, 503, "UNAVAILABLE", true);
  BOOST_TEST(refused.has("Retry-After"));
  BOOST_TEST(refused.body.find("--max-connections") != std::string::npos);
  client.push_manifest("a", "1", lone_manifest("x"));
  for (auto& each : streams)
    BOOST_TEST(each.next().line() == "push a:1");
}

BOOST_AUTO_TEST_CASE(watchers_and_their_events_are_counted) {
  running_registry server;
  registry_client client{server};
  event_stream one{server.port()};
  event_stream two{server.port(), "repository=other"};
  client.push_manifest("a", "1", lone_manifest("x"));
  one.next();
  const auto scraped = client.get("/metrics").body;
  BOOST_TEST(scraped.find("\ngantry_watchers 2\n") != std::string::npos);
  BOOST_TEST(scraped.find("\ngantry_watch_events_total 1\n") != std::string::npos);
  BOOST_TEST(scraped.find("\ngantry_watch_dropped_total 0\n") != std::string::npos);
}

BOOST_DATA_TEST_CASE(two_hundred_watchers_lose_nothing_while_four_clients_push, both_engines,
                     on_disk) {
  check_crowd(on_disk);
}

BOOST_AUTO_TEST_SUITE_END()
