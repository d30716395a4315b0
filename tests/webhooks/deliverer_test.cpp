// One endpoint is told of changes: order, repetitions, the position.
#include "webhooks/deliverer.hpp"

#include "support/temp_dir.hpp"
#include "webhooks/samples.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace gantry;
using namespace gantry::test;
using namespace gantry::webhooks;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

/// An endpoint with short pauses, which runs on a thread of its own until `stop`.
class delivering {
public:
  ~delivering() { stop(); }

  void start(const std::string& url, std::uint64_t last = 0, webhooks::endpoint who = {}) {
    who.name = "one";
    who.url = url;
    who.timeout = 20s;
    who.threshold = 2;
    who.backoff = 1ms;
    context_.restart();
    const delivery_context around{context_, log, from_, user_agent_};
    one_ = std::make_unique<webhooks::deliverer>(around, std::move(who),
                                                 position_file{positions, "one"}, last);
    log.on_change(this, [this] { asio::post(context_, [this] { one_->wake(); }); });
    asio::co_spawn(context_, one_->run(), asio::detached);
    guard_.emplace(context_.get_executor());
    thread_ = std::thread{[this] { context_.run(); }};
  }

  void stop() {
    if (!thread_.joinable())
      return;
    log.on_change(this, {});
    asio::post(context_, [this] {
      one_->stop();
      guard_.reset();
    });
    thread_.join();
  }

  /// Stops once so many requests have been answered.
  void stop_after(listener& there, std::size_t requests) {
    there.wait(requests);
    while (std::as_const(*one_).state().pending > 0)
      std::this_thread::yield();
    stop();
  }

  delivery_state state() const { return one_->state(); }
  std::uint64_t saved() const { return position_file{positions, "one"}.load().value_or(999); }

  sample_log log;
  temp_dir folder;
  std::filesystem::path positions = folder.path() / "webhooks";

private:
  const event_source from_ = sample_source();
  const std::string user_agent_ = "gantry/1";
  asio::io_context context_{1};
  std::unique_ptr<webhooks::deliverer> one_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard_;
  std::thread thread_;
};

/// The events of all requests that were accepted, in their order.
texts all_lines(const std::vector<std::string>& requests) {
  texts lines;
  for (const auto& each : requests)
    for (auto& line : lines_in(each))
      lines.push_back(std::move(line));
  return lines;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(deliverer, delivering)

BOOST_AUTO_TEST_CASE(a_change_is_posted_when_it_happens) {
  listener there;
  start(there.url(), 0, {.headers = {{"X-Team", "1"}}});
  log.add("team/app", "1");
  const auto request = there.wait(1).front();
  BOOST_TEST(request.starts_with("POST /event HTTP/1.1\r\n"));
  for (const auto* line : {"\r\nX-Team: 1\r\n", "\r\nUser-Agent: gantry/1\r\n",
                           "\r\nContent-Type: application/vnd.docker.distribution.events.v2+json"})
    BOOST_TEST(request.find(line) != std::string::npos, line);
  BOOST_TEST(lines_in(request) == texts{"push team/app:1"}, boost::test_tools::per_element());
  log.add("team/app", "2");
  BOOST_TEST(lines_in(there.wait(2)[1]) == texts{"push team/app:2"},
             boost::test_tools::per_element());
  stop_after(there, 2);
  BOOST_TEST(saved() == 2U);
  BOOST_TEST(state().accepted == 2U);
  BOOST_TEST(state().last_status == 200U);
  BOOST_TEST(state().statuses.at(200) == 2U);
}

BOOST_AUTO_TEST_CASE(all_changes_come_once_and_in_order_while_nothing_fails) {
  texts expected;
  for (int i = 0; i < 200; ++i) {
    log.add("team/app", std::to_string(i));
    expected.push_back("push team/app:" + std::to_string(i));
  }
  listener there;
  start(there.url(), 0);
  stop_after(there, 4);
  const auto requests = there.wait(4);
  BOOST_TEST(requests.size() == 4U); // 64 at a time
  BOOST_TEST(all_lines(requests) == expected, boost::test_tools::per_element());
  BOOST_TEST(saved() == 200U);
  BOOST_TEST(state().pending == 0U);
}

BOOST_AUTO_TEST_CASE(a_batch_is_repeated_until_it_is_accepted) {
  listener there{[](std::size_t number) { return number <= 4 ? 503U : 204U; }};
  log.add("team/app", "1");
  start(there.url());
  stop_after(there, 5);
  const auto requests = there.wait(5);
  BOOST_TEST(requests.size() == 5U);
  for (const auto& each : requests)
    BOOST_TEST(body_in(each) == body_in(requests[0]));
  const auto seen = state();
  BOOST_TEST(seen.events == 1U);
  BOOST_TEST(seen.refused == 4U);
  BOOST_TEST(seen.accepted == 1U);
  BOOST_TEST(seen.statuses.at(503) == 4U);
  BOOST_TEST(seen.failures == 0U);
  BOOST_TEST(seen.last_error == "");
}

BOOST_AUTO_TEST_CASE(nothing_overtakes_what_fails) {
  listener there{[](std::size_t number) { return number <= 3 ? 0U : 200U; }};
  log.add("team/app", "1");
  start(there.url());
  there.wait(1);
  log.add("team/app", "2");
  log.add("other", "1");
  stop_after(there, 5);
  const auto requests = there.wait(5);
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(lines_in(requests[i]) == texts{"push team/app:1"}, boost::test_tools::per_element());
  BOOST_TEST(lines_in(requests[4]) == (texts{"push team/app:2", "push other:1"}),
             boost::test_tools::per_element());
  BOOST_TEST(state().unanswered == 3U);
}

BOOST_AUTO_TEST_CASE(a_failing_endpoint_says_why_and_keeps_its_position) {
  listener there{[](auto) { return 500U; }};
  start(there.url());
  log.add("team/app", "1");
  log.add("team/app", "2");
  there.wait(5);
  stop();
  const auto seen = state();
  BOOST_TEST(seen.position == 0U);
  BOOST_TEST(saved() == 0U);
  BOOST_TEST(seen.pending == 2U);
  BOOST_TEST(seen.failures >= 4U);
  BOOST_TEST(seen.last_error == "it answers 500");
  BOOST_TEST(seen.accepted == 0U);
}

BOOST_AUTO_TEST_CASE(the_next_process_continues_where_this_one_stopped) {
  log.add("team/app", "1");
  {
    listener first{[](std::size_t number) { return number == 1 ? 200U : 500U; }};
    start(first.url(), 0);
    first.wait(1);
    log.add("team/app", "2");
    first.wait(2);
    stop();
  }
  BOOST_TEST(saved() == 1U);
  log.add("team/app", "3"); // while nothing runs
  listener second;
  start(second.url(), 3);
  stop_after(second, 1);
  BOOST_TEST(all_lines(second.wait(1)) == (texts{"push team/app:2", "push team/app:3"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_new_endpoint_begins_at_the_end_and_that_is_kept) {
  log.add("team/app", "1");
  listener there;
  start(there.url(), 1);
  BOOST_TEST(saved() == 1U);
  log.add("team/app", "2");
  BOOST_TEST(all_lines(there.wait(1)) == texts{"push team/app:2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_ignored_moves_the_position_without_a_request) {
  listener there;
  start(there.url(), 0, {.ignored_actions = {"push"}});
  for (int i = 0; i < 70; ++i)
    log.add("team/app", "1");
  while (state().position < 70)
    std::this_thread::yield();
  stop();
  BOOST_TEST(saved() == 70U);
  BOOST_TEST(there.size() == 0U);
  BOOST_TEST(state().events == 0U);
}

BOOST_AUTO_TEST_CASE(after_a_gap_it_goes_on_with_the_oldest_change_that_is_left) {
  for (const auto* name : {"1", "2", "3"})
    log.add("team/app", name);
  log.trim(2);
  listener there;
  start(there.url(), 0);
  stop_after(there, 1);
  BOOST_TEST(all_lines(there.wait(1)) == texts{"push team/app:3"},
             boost::test_tools::per_element());
  BOOST_TEST(state().gaps == 1U);
}

BOOST_AUTO_TEST_CASE(a_position_that_the_log_never_gave_is_its_end) {
  position_file{positions, "one"}.save(40);
  log.add("team/app", "1");
  listener there;
  start(there.url(), 1);
  log.add("team/app", "2");
  BOOST_TEST(all_lines(there.wait(1)) == texts{"push team/app:2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_an_endpoint) {
  const scripted_server silent{[](const std::string&) { return scripted_server::silence; }};
  log.add("team/app", "1");
  start(silent.url());
  while (silent.connections() == 0)
    std::this_thread::yield();
  stop(); // the time of an attempt is 20 s
  BOOST_TEST(state().accepted == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
