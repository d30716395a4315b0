#include "bench/client_thread.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <future>
#include <utility>

namespace asio = boost::asio;

namespace gantry::bench {

namespace {

/// The pause after a failed image. Further failures double it, so that a registry that is down does
/// not get a hundred thousand requests per second.
constexpr std::chrono::milliseconds first_pause{10};
constexpr std::chrono::milliseconds longest_pause{1000};

} // namespace

client_thread::~client_thread() {
  work_.reset();
  context_.stop();
  thread_.join();
}

void client_thread::add_client(const client::registry_site& site,
                               const client::connection_settings& settings, double place) {
  workers_.push_back(std::make_unique<worker>(context_, site, settings, place));
}

void client_thread::start(const workload& job, schedule& plan, std::function<void()> done) {
  asio::post(context_, [this, &job, &plan, done = std::move(done)] {
    for (const auto& each : workers_) {
      each->client.enter_into(figures_, plan);
      asio::co_spawn(context_, work(*each, job, plan), [this, done](std::exception_ptr failure) {
        if (failure)
          failure_ = failure;
        done();
      });
    }
  });
}

asio::awaitable<void> client_thread::work(worker& self, const workload& job, schedule& plan) {
  auto pause = first_pause;
  client::error_code ignored;
  if (const auto join = plan.joins_at(self.place); join > steady_clock::now()) {
    self.timer.expires_at(join);
    co_await self.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  while (const auto ticket = plan.take(steady_clock::now())) {
    if (ticket->planned > steady_clock::now()) {
      self.timer.expires_at(ticket->planned);
      co_await self.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      if (plan.is_over(steady_clock::now()))
        break;
    }
    self.client.count(ticket->counts);
    const bool well = co_await job.perform(self.client, ticket->number);
    enter(*ticket, plan, well);
    if (self.client.is_aborted())
      break;
    if (well) {
      pause = first_pause;
      continue;
    }
    self.timer.expires_after(pause);
    pause = std::min(pause * 2, longest_pause);
    co_await self.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void client_thread::enter(const schedule::ticket& ticket, schedule& plan, bool well) {
  const auto now = steady_clock::now();
  if (!ticket.counts || !plan.is_within(now))
    return;
  plan.finished(now);
  const auto took = std::chrono::duration_cast<latency_histogram::duration>(now - ticket.planned);
  if (well)
    figures_.succeeded(operation::image, took);
  else
    figures_.failed(operation::image, "failed");
  const lock_guard lock{recent_mutex_};
  if (well)
    recent_.record(took);
  else
    ++recently_failed_;
}

void client_thread::wake() {
  asio::post(context_, [this] {
    for (const auto& each : workers_)
      each->timer.cancel();
  });
}

void client_thread::check_deadlines() {
  asio::post(context_, [this] {
    for (const auto& each : workers_)
      each->client.check_deadline(steady_clock::now());
  });
}

void client_thread::abort() {
  asio::post(context_, [this] {
    for (const auto& each : workers_) {
      each->client.abort();
      each->timer.cancel();
    }
  });
}

tally client_thread::take_figures() {
  std::promise<tally> promise;
  auto taken = promise.get_future();
  asio::post(context_, [&] { promise.set_value(std::exchange(figures_, {})); });
  return taken.get();
}

void client_thread::rethrow_failure() {
  if (failure_)
    std::rethrow_exception(std::exchange(failure_, nullptr));
}

void client_thread::drain_recent(progress& report) {
  const lock_guard lock{recent_mutex_};
  report.images.merge(recent_);
  report.failed += std::exchange(recently_failed_, 0);
  recent_.clear();
}

} // namespace gantry::bench
