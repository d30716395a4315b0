// The thread that sends spans: batches, repetitions, bounds, the end.
#include "otlp/exporter.hpp"

#include "support/pipe.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace asio = boost::asio;
namespace json = boost::json;
using namespace gantry;
using namespace std::chrono_literals;
using otlp::receipt;
using telemetry::span;

namespace {

/// What the collector of a test has seen. Any thread.
class mailbox {
public:
  void put(std::string body) {
    const std::lock_guard lock{mutex_};
    bodies_.push_back(std::move(body));
    changed_.notify_all();
  }
  /// Waits for so many requests.
  std::vector<std::string> wait(std::size_t count) {
    std::unique_lock lock{mutex_};
    BOOST_REQUIRE(changed_.wait_for(lock, 20s, [&] { return bodies_.size() >= count; }));
    return bodies_;
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return bodies_.size();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> bodies_;
};

using script = std::function<receipt(std::size_t number)>;

/// Answers the requests, numbered from 1, by a script.
class scripted_collector final : public otlp::collector {
public:
  scripted_collector(mailbox& seen, script answer) : seen_{seen}, answer_{std::move(answer)} {}

  asio::awaitable<receipt> send(std::string_view body) override {
    seen_.put(std::string{body});
    co_return answer_(seen_.size());
  }
  void abort() override {}

private:
  mailbox& seen_;
  script answer_;
};

/// Does not answer before it is aborted.
class silent_collector final : public otlp::collector {
public:
  silent_collector(asio::io_context& context, mailbox& seen) : never_{context}, seen_{seen} {}

  asio::awaitable<receipt> send(std::string_view body) override {
    seen_.put(std::string{body});
    boost::system::error_code cancelled;
    never_.expires_at(asio::steady_timer::time_point::max());
    co_await never_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return receipt{0, "aborted"};
  }
  void abort() override { never_.cancel(); }

private:
  asio::steady_timer never_;
  mailbox& seen_;
};

receipt accepted() {
  return {200};
}

receipt busy() {
  return {503, "busy"};
}

std::vector<std::string> names_in(const std::string& body) {
  std::vector<std::string> names;
  const auto whole = json::parse(body);
  const auto& scope = whole.at("resourceSpans").at(0).at("scopeSpans").at(0);
  for (const auto& each : scope.at("spans").as_array())
    names.emplace_back(each.at("name").as_string());
  return names;
}

constexpr otlp::pace fast{.first_pause = 1ms, .longest_pause = 2ms, .attempts = 3, .at_stop = 50ms};

struct exporting {
  telemetry::tracer tracer{{}, {.queue = 8, .batch = 4}};
  otlp::settings chosen;
  mailbox seen;
  std::unique_ptr<otlp::exporter> sending;

  exporting() {
    chosen.endpoint = "http://collector.example/v1/traces";
    chosen.delay = 1h;
  }

  void start(script answer) {
    sending = std::make_unique<otlp::exporter>(
      tracer, chosen, "1.2.3",
      [&](asio::io_context&) {
        return std::make_unique<scripted_collector>(seen, std::move(answer));
      },
      fast);
  }

  void add(int count) {
    const auto near = tracer.begin(nullptr, {});
    for (int i = 0; i < count; ++i)
      span{near, "work"}.end();
  }

  /// What `speak` makes the process write to stderr.
  template <class Function>
  static std::string said(Function speak) {
    test::pipe output;
    const int before = ::dup(STDERR_FILENO);
    ::dup2(output.writer(), STDERR_FILENO);
    speak();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    return output.read_all();
  }
};

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++times;
  return times;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(exporter, exporting)

BOOST_AUTO_TEST_CASE(a_full_batch_does_not_wait) {
  start([](auto) { return accepted(); });
  add(4);
  BOOST_TEST(names_in(seen.wait(1)[0]).size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_single_span_waits_for_others_but_not_long) {
  chosen.delay = 1ms;
  start([](auto) { return accepted(); });
  add(1);
  BOOST_TEST(names_in(seen.wait(1)[0]) == std::vector<std::string>{"work"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_waits_at_the_end_is_sent) {
  start([](auto) { return accepted(); });
  add(3);
  sending->stop();
  BOOST_TEST(names_in(seen.wait(1)[0]).size() == 3U);
  BOOST_TEST(tracer.exported() == 3U);
  BOOST_TEST(tracer.dropped() == 0U);
  sending->stop();
  add(1);
  BOOST_TEST(tracer.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(a_batch_is_repeated_until_it_is_accepted) {
  start([](auto number) { return number < 3 ? busy() : accepted(); });
  add(4);
  const auto bodies = seen.wait(3);
  sending->stop();
  BOOST_TEST(bodies[0] == bodies[1]);
  BOOST_TEST(bodies[1] == bodies[2]);
  BOOST_TEST(tracer.exported() == 4U);
  BOOST_TEST(tracer.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(a_broken_connection_is_a_reason_to_repeat) {
  start([](auto number) { return number < 2 ? receipt{0, "refused"} : accepted(); });
  add(4);
  seen.wait(2);
  sending->stop();
  BOOST_TEST(tracer.exported() == 4U);
}

BOOST_AUTO_TEST_CASE(after_so_many_attempts_a_batch_is_dropped) {
  start([](auto number) { return number <= 3 ? busy() : accepted(); });
  add(4);
  seen.wait(3);
  add(4);
  seen.wait(4);
  sending->stop();
  BOOST_TEST(seen.size() == 4U);
  BOOST_TEST(tracer.dropped() == 4U);
  BOOST_TEST(tracer.exported() == 4U);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_not_repeated) {
  start([](auto number) { return number < 2 ? receipt{400, "bad"} : accepted(); });
  add(4);
  seen.wait(1);
  add(4);
  seen.wait(2);
  sending->stop();
  BOOST_TEST(seen.size() == 2U);
  BOOST_TEST(tracer.dropped() == 4U);
  BOOST_TEST(tracer.exported() == 4U);
}

BOOST_AUTO_TEST_CASE(spans_that_the_collector_leaves_out_count_as_dropped) {
  start([](auto) { return receipt{.status = 200, .why = "too old", .rejected = 3}; });
  add(4);
  seen.wait(1);
  sending->stop();
  BOOST_TEST(tracer.exported() == 1U);
  BOOST_TEST(tracer.dropped() == 3U);
}

BOOST_AUTO_TEST_CASE(a_silent_collector_fills_the_queue_and_holds_up_nothing) {
  sending = std::make_unique<otlp::exporter>(
    tracer, chosen, "1.2.3",
    [&](asio::io_context& context) { return std::make_unique<silent_collector>(context, seen); },
    fast);
  add(4);
  seen.wait(1);
  add(8 + 5);
  BOOST_TEST(tracer.waiting() == 8U);
  BOOST_TEST(tracer.dropped() == 5U);
  sending->stop(); // although nothing is answered
  BOOST_TEST(tracer.waiting() == 0U);
  BOOST_TEST(tracer.exported() == 0U);
  BOOST_TEST(tracer.dropped() == 5U + 8U + 4U);
}

BOOST_AUTO_TEST_CASE(an_outage_is_one_line_of_the_log) {
  const auto text = said([&] {
    start([](auto number) { return number == 7 ? accepted() : busy(); });
    for (const auto requests : {3, 6, 7, 10}) {
      add(4);
      seen.wait(requests);
    }
    sending->stop();
  });
  BOOST_TEST(count(text, "traces do not reach http://collector.example/v1/traces: it answers 503 "
                         "(busy)") == 2U,
             text);
  BOOST_TEST(count(text, "\n") == 2U, text);
}

BOOST_AUTO_TEST_CASE(pauses_grow_up_to_a_limit) {
  const otlp::pace timing{.first_pause = 1s, .longest_pause = 30s};
  const auto after = [&](unsigned attempt) {
    return otlp::pause_after(attempt, busy(), timing, 1);
  };
  BOOST_CHECK(after(1) == 1s);
  BOOST_CHECK(after(2) == 2s);
  BOOST_CHECK(after(4) == 8s);
  BOOST_CHECK(after(6) == 30s);
  BOOST_CHECK(after(60) == 30s);
  BOOST_CHECK(otlp::pause_after(2, busy(), timing, 0.5) == 1s);
}

BOOST_AUTO_TEST_CASE(a_collector_may_ask_for_a_longer_pause) {
  const otlp::pace timing{.first_pause = 1s, .longest_pause = 30s};
  auto told = busy();
  told.retry_after = 7s;
  BOOST_CHECK(otlp::pause_after(1, told, timing, 1) == 7s);
  BOOST_CHECK(otlp::pause_after(5, told, timing, 1) == 16s);
  told.retry_after = 1h;
  BOOST_CHECK(otlp::pause_after(1, told, timing, 1) == 30s);
}

BOOST_AUTO_TEST_SUITE_END()
