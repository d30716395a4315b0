#include "webhooks/deliveries.hpp"

#include "base/background_thread.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "client/poster.hpp"
#include "storage/api/answer_of.hpp"
#include "webhooks/posting.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace gantry::webhooks {

namespace {

/// As the kernel shows it.
constexpr const char* thread_name = "gantry-webhooks";

std::uint64_t last_number(metadata_engine& log) {
  const auto end =
    answer_of(log, &metadata_engine::list_changes, change_query{after_all_changes, 0});
  if (!end)
    throw std::runtime_error{"the log of changes cannot be read: " +
                             std::string{to_string(end.error().code)}};
  return end->next;
}

std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  fill_with_random(bytes);
  return "test-" + to_hex(bytes);
}

} // namespace

deliveries::deliveries(metadata_engine& log, std::vector<endpoint> endpoints, event_source from,
                       const std::filesystem::path& folder, std::string user_agent)
  : log_{log}, from_{std::move(from)}, user_agent_{std::move(user_agent)} {
  const auto last = last_number(log_);
  const delivery_context around{context_, log_, from_, user_agent_};
  for (auto& each : endpoints) {
    position_file saved{folder, each.name};
    endpoints_.emplace_back(around, std::move(each), std::move(saved), last);
  }
  log_.on_change(this, [this] { notice(); });
  for (auto& each : endpoints_)
    if (!each.who().disabled)
      asio::co_spawn(context_, each.run(), asio::detached);
  thread_ = start_background_thread(thread_name, [this] { context_.run(); });
}

std::vector<endpoint_report> deliveries::list() const {
  std::vector<endpoint_report> all;
  for (const auto& each : endpoints_)
    all.push_back(
      {each.who().name, each.at().shown, each.who().written_as, each.who().disabled, each.state()});
  return all;
}

void deliveries::test(std::string_view name, completion<test_report> done) {
  const auto found = std::ranges::find_if(
    endpoints_, [name](const deliverer& each) { return each.who().name == name; });
  if (found == endpoints_.end())
    return done(fail(errc::webhook_unknown, name));
  asio::post(context_, [this, &to = *found, done = std::move(done)]() mutable {
    asio::co_spawn(context_, run_test(to, std::move(done)), asio::detached);
  });
}

asio::awaitable<void> deliveries::run_test(const deliverer& to, completion<test_report> done) {
  using std::chrono::steady_clock;
  if (tests_have_ended_)
    co_return done(fail(errc::unavailable));
  const auto what =
    render_test(to.who().written_as, random_id(), std::chrono::system_clock::now(), from_);
  client::poster over{context_, to.at().url, poster_settings_of(to.who(), to.at(), user_agent_)};
  testing_.insert(&over);
  const auto begun = steady_clock::now();
  const auto got = co_await over.post(what.content_type, what.body);
  testing_.erase(&over);
  const auto took =
    std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun);
  if (const auto failure = failure_in(got); !failure.empty())
    co_return done(fail(errc::webhook_failed, to.who().name + ": " + failure + ", after " +
                                                std::to_string(took.count()) + " ms"));
  co_return done(test_report{got.status, took});
}

void deliveries::end_tests() {
  asio::post(context_, [this] {
    tests_have_ended_ = true;
    for (auto* each : testing_)
      each->abort();
  });
}

void deliveries::stop() {
  if (!thread_.joinable())
    return;
  log_.on_change(this, {});
  end_tests();
  asio::post(context_, [this] {
    for (auto& each : endpoints_)
      each.stop();
    guard_.reset();
  });
  thread_.join();
}

void deliveries::notice() {
  if (!is_due_.exchange(true))
    asio::post(context_, [this] {
      is_due_ = false;
      for (auto& each : endpoints_)
        each.wake();
    });
}

} // namespace gantry::webhooks
