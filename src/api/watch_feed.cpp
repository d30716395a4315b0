#include "api/watch_feed.hpp"

#include "telemetry/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <cassert>
#include <memory>

namespace asio = boost::asio;

namespace gantry::api {

namespace {

using namespace std::chrono_literals;

/// The most events that are read at a time.
constexpr std::size_t events_at_once = 128;
/// Under load the feed rests so long for each watcher after a batch: the events of that time are
/// sent by one write. So all watchers together take a part of a core, however many pushes there
/// are.
constexpr std::chrono::microseconds rest_per_watcher{20};
constexpr std::chrono::microseconds longest_rest = 250ms;
/// Below this a timer costs more than it saves.
constexpr std::chrono::microseconds shortest_rest = 1ms;
/// If the log cannot be read.
constexpr std::chrono::microseconds retry_after = 1s;

} // namespace

void watch_hub::start(std::uint64_t position) {
  ring_.start(position);
  wake_all();
}

std::size_t watch_hub::add(watch::batch_ptr next) {
  ring_.add(std::move(next));
  std::size_t cut = 0;
  for (auto& each : members_) {
    if (!each.sending || each.sending->last() > ring_.begin() || each.peer.is_aborted())
      continue;
    each.peer.abort();
    ++cut;
  }
  wake_all();
  return cut;
}

void watch_hub::end() {
  has_ended_ = true;
  wake_all();
}

void watch_hub::wake_all() {
  for (auto& each : members_)
    if (std::exchange(each.waits, false))
      each.wake.cancel();
}

watch_feed::watch_feed(metadata_engine& log, const std::vector<asio::io_context*>& threads,
                       watch_options chosen)
  : log_{log}, options_{std::move(chosen)}, ids_{options_.mark}, home_{*threads.front()} {
  for (auto* each : threads)
    hubs_.emplace_back(*each, options_.ring);
  pause_.emplace(home_);
}

std::optional<watch_feed::place> watch_feed::enter() {
  auto count = watchers_.load();
  do {
    if (count >= options_.most)
      return std::nullopt;
  } while (!watchers_.compare_exchange_weak(count, count + 1));
  if (count == 0)
    asio::post(home_, [this] { settle(); });
  return place{*this};
}

void watch_feed::leave() noexcept {
  if (--watchers_ == 0)
    asio::post(home_, [this] { settle(); });
}

watch_hub& watch_feed::hub_of(net::connection& peer) {
  const auto* const thread = &asio::query(peer.executor(), asio::execution::context);
  const auto found =
    std::ranges::find_if(hubs_, [&](watch_hub& each) { return &each.thread() == thread; });
  assert(found != hubs_.end());
  return *found;
}

template <class Work>
void watch_feed::on_each_hub(Work work) {
  for (auto& each : hubs_)
    asio::post(each.thread(), [&each, work] { work(each); });
}

void watch_feed::end_streams() {
  on_each_hub([](watch_hub& each) { each.end(); });
}

void watch_feed::stop() {
  std::promise<std::future<void>> last_read;
  asio::post(home_, [&] {
    log_.on_change(this, {});
    pause_.reset();
    stopping_.emplace();
    if (!reads_)
      stopping_->set_value();
    last_read.set_value(stopping_->get_future());
  });
  last_read.get_future().get().wait();
}

/// Called by the engine.
void watch_feed::notice() {
  if (!is_due_.exchange(true))
    asio::post(home_, [this] { read(); });
}

/// Begins to follow the log, or ends that, as there are watchers or not.
void watch_feed::settle() {
  const bool has_watchers = watchers_ > 0;
  if (stopping_ || has_watchers == follows_)
    return;
  follows_ = has_watchers;
  if (!follows_) {
    log_.on_change(this, {});
    on_each_hub([](watch_hub& each) { each.stop(); });
    return;
  }
  ++round_;
  has_begun_ = false;
  log_.on_change(this, [this] { notice(); });
  read();
}

void watch_feed::read() {
  if (!follows_ || stopping_ || reads_ || rests_)
    return; // what is due is read afterwards
  reads_ = true;
  is_due_ = false;
  const auto from =
    has_begun_ ? change_query{position_, events_at_once} : change_query{after_all_changes, 0};
  log_.list_changes(from, [this, round = round_](result<change_page> page) {
    asio::post(home_,
               [this, round, page = std::move(page)]() mutable { take(round, std::move(page)); });
  });
}

void watch_feed::take(std::uint64_t round, result<change_page> page) {
  reads_ = false;
  if (stopping_)
    return stopping_->set_value();
  if (round != round_)
    return read();
  if (!page) {
    telemetry::log().error("the log of changes cannot be read: {}", to_string(page.error().code));
    is_due_ = true;
    return rest(retry_after);
  }
  if (!has_begun_)
    return begin(page->next);
  // What was cleared needs no events; those of this page were before.
  if (page->has_gap)
    publish(
      std::make_shared<const watch::batch>(watch::batch::make_reset(position_, page->next, ids_)));
  else if (!page->items.empty())
    publish(std::make_shared<const watch::batch>(position_, page->next, page->items, ids_));
  if (page->more)
    is_due_ = true;
  if (is_due_)
    read();
}

/// What came before the log was listened to is read now.
void watch_feed::begin(std::uint64_t position) {
  has_begun_ = true;
  position_ = position;
  on_each_hub([position](watch_hub& each) { each.start(position); });
  read();
}

void watch_feed::publish(watch::batch_ptr next) {
  position_ = next->last();
  on_each_hub([this, next = std::move(next)](watch_hub& each) { dropped_ += each.add(next); });
  const auto watchers = static_cast<std::chrono::microseconds::rep>(watchers_.load());
  rest(std::min(rest_per_watcher * watchers, longest_rest));
}

void watch_feed::rest(std::chrono::microseconds span) {
  if (span < shortest_rest)
    return;
  rests_ = true;
  pause_->expires_after(span);
  pause_->async_wait([this](const boost::system::error_code& cut) {
    rests_ = false;
    if (!cut && is_due_)
      read();
  });
}

} // namespace gantry::api
