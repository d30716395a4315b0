#include "webhooks/deliverer.hpp"

#include "telemetry/log.hpp"
#include "webhooks/posting.hpp"
#include "webhooks/retry.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace gantry::webhooks {

namespace {

/// The most changes that are read, and told, at a time: less than 100 KiB of JSON.
constexpr std::size_t changes_at_once = 64;
/// If the log cannot be read.
constexpr std::chrono::milliseconds read_again_after = std::chrono::seconds{1};
/// How many changes that an endpoint does not want may be read again after a crash.
constexpr std::uint64_t most_unsaved = 1000;

} // namespace

deliverer::deliverer(const delivery_context& around, endpoint who, position_file saved,
                     std::uint64_t last)
  : around_{around},
    who_{std::move(who)},
    at_{read_target(who_.url).value()},
    saved_{std::move(saved)},
    timer_{around_.thread},
    to_{around_.thread, at_.url, poster_settings_of(who_, at_, around_.user_agent)},
    random_{std::random_device{}()} {
  const auto known = saved_.load();
  position_ = std::min(known.value_or(last), last);
  if (known && *known > last)
    telemetry::log().warn("the webhook {} has told of changes that the registry does not have: it "
                          "goes on with those from now on",
                          who_.name);
  kept_ = known.value_or(after_all_changes);
  state_.position = position_;
  state_.pending = last - position_;
  save();
}

asio::awaitable<void> deliverer::run() {
  while (!stopping_) {
    bool has_more = true;
    try {
      has_more = co_await read_on();
    } catch (const std::exception& bug) { // such as too little memory
      telemetry::log().error("the webhook {} is interrupted: {}", who_.name, bug.what());
      has_failed_ = true;
    }
    if (std::exchange(has_failed_, false))
      co_await pause(read_again_after);
    else if (!has_more)
      co_await rest();
  }
  save();
}

asio::awaitable<bool> deliverer::read_on() {
  is_due_ = false;
  const change_query next{position_, changes_at_once};
  auto page = co_await read(next);
  if (stopping_)
    co_return false;
  if (!page) {
    telemetry::log().error("the log of changes cannot be read for the webhook {}: {}", who_.name,
                           to_string(page.error().code));
    has_failed_ = true;
    co_return true;
  }
  const bool has_more = page->more;
  co_await take(std::move(*page));
  co_return has_more;
}

void deliverer::wake() {
  is_due_ = true;
  if (rests_)
    timer_.cancel();
}

void deliverer::stop() {
  stopping_ = true;
  timer_.cancel();
  to_.abort();
}

delivery_state deliverer::state() const {
  const lock_guard lock{mutex_};
  return state_;
}

/// An engine always answers, on any thread; the context does not run out of work before that.
asio::awaitable<result<change_page>> deliverer::read(change_query query) {
  std::optional<result<change_page>> found;
  asio::steady_timer answered{around_.thread, asio::steady_timer::time_point::max()};
  auto take_page = [&, busy = asio::make_work_guard(around_.thread)](result<change_page> page) {
    auto set = [&found, &answered, page = std::move(page)]() mutable {
      found = std::move(page);
      answered.cancel();
    };
    asio::post(around_.thread, std::move(set));
  };
  completion<change_page> done{std::move(take_page)};
  around_.log.list_changes(query, std::move(done));
  boost::system::error_code cancelled;
  while (!found)
    co_await answered.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  co_return std::move(*found);
}

asio::awaitable<void> deliverer::rest() {
  rests_ = true;
  while (!is_due_ && !stopping_)
    co_await pause(std::chrono::hours{1});
  rests_ = false;
}

asio::awaitable<void> deliverer::pause(std::chrono::milliseconds span) {
  if (stopping_)
    co_return;
  boost::system::error_code cancelled;
  timer_.expires_after(span);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> deliverer::take(change_page page) {
  if (page.has_gap)
    note_gap();
  std::erase_if(page.items, [this](const logged_change& each) { return !wants(who_, each); });
  const auto events = page.items.size();
  bool is_told = true;
  if (events > 0) {
    {
      const lock_guard lock{mutex_};
      state_.events += events;
      state_.pending = std::max(state_.pending, page.next - std::min(page.next, position_));
    }
    const auto what = render(who_.written_as, page.items, around_.from);
    is_told = co_await deliver(what, events);
  }
  if (!is_told)
    co_return;
  advance(page.next);
  if (events > 0 || position_ - kept_ > most_unsaved)
    save();
  if (page.more)
    co_await count_pending();
}

asio::awaitable<bool> deliverer::deliver(const message& what, std::size_t events) {
  std::uniform_real_distribution<double> part{0.5, 1};
  for (std::size_t failures = 1;; ++failures) {
    const auto got = co_await to_.post(what.content_type, what.body);
    if (stopping_ && got.status == 0)
      co_return false;
    note(got, events);
    if (is_accepted(got.status))
      co_return true;
    co_await count_pending();
    const auto span =
      pause_after(failures, who_.threshold, who_.backoff, got.retry_after, part(random_));
    if (span.count() > 0)
      co_await pause(span);
    if (stopping_)
      co_return false;
  }
}

asio::awaitable<void> deliverer::count_pending() {
  const change_query end{after_all_changes, 0};
  const auto page = co_await read(end);
  if (!page)
    co_return;
  const lock_guard lock{mutex_};
  state_.pending = page->next - std::min(page->next, position_);
}

void deliverer::note_gap() {
  telemetry::log().warn("changes after number {} are no longer in the log: the webhook {} does not "
                        "tell of them",
                        position_, who_.name);
  const lock_guard lock{mutex_};
  ++state_.gaps;
}

void deliverer::note(const client::post_answer& got, std::size_t events) {
  const auto failure = failure_in(got);
  if (failure.empty() && std::exchange(is_failing_, false))
    telemetry::log().info("the webhook {} reaches {} again", who_.name, at_.shown);
  if (!failure.empty() && !std::exchange(is_failing_, true))
    telemetry::log().warn("the webhook {} does not reach {}: {}; it tries again until it does",
                          who_.name, at_.shown, failure);
  const lock_guard lock{mutex_};
  auto& counter = failure.empty()   ? state_.accepted
                  : got.status == 0 ? state_.unanswered
                                    : state_.refused;
  counter += events;
  if (got.status != 0)
    ++state_.statuses[got.status];
  state_.failures = failure.empty() ? 0 : state_.failures + 1;
  state_.last_status = got.status;
  state_.last_error = failure;
  state_.last_attempt = std::chrono::system_clock::now();
}

void deliverer::advance(std::uint64_t to) {
  position_ = to;
  const lock_guard lock{mutex_};
  state_.position = to;
  state_.pending = 0;
}

/// If the disk takes nothing, events come again after a restart.
void deliverer::save() {
  if (kept_ == position_)
    return;
  try {
    saved_.save(position_);
    kept_ = position_;
    cannot_save_ = false;
  } catch (const std::exception& failure) {
    if (!std::exchange(cannot_save_, true))
      telemetry::log().error("the position of the webhook {} cannot be saved: {}", who_.name,
                             failure.what());
  }
}

} // namespace gantry::webhooks
