#include "bench/client_pool.hpp"

#include "bench/client_thread.hpp"
#include "client/registry_probe.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace gantry::bench {

namespace {

constexpr std::chrono::milliseconds tick{100};
constexpr std::chrono::seconds report_interval{1};
/// Per address of the registry. Shorter than the default request timeout of a minute, so that a
/// mistyped URL is reported soon.
constexpr std::chrono::milliseconds longest_probe{5000};
constexpr const char* user_agent = "gantry-bench";

client::registry_site find_site(const client::registry_url& url, const pool_settings& settings) {
  const auto timeout = std::min(settings.timeout, longest_probe);
  return client::find_registry_for_user(url, {timeout, settings.tls, settings.who, user_agent});
}

moment moment_of(const progress& made) {
  const auto& images = made.images;
  return {made.elapsed,          made.span,   images.count(), made.failed, images.percentile(50),
          images.percentile(99), images.max()};
}

} // namespace

/// Waits for the end of a load, on the thread that started it.
class client_pool::monitor {
public:
  monitor(client_pool& owner, schedule& plan, const progress_observer& observer)
    : owner_{owner}, plan_{plan}, observer_{observer}, last_report_{steady_clock::now()} {}

  /// Returns once `all_done` has been called. True if a signal came.
  bool wait() {
    await_signal();
    await_tick();
    context_.run();
    return interrupted_;
  }

  /// All moments of the load. Precondition: all threads are done.
  series take_moments() {
    progress rest;
    rest.elapsed = plan_.measured();
    rest.span =
      rest.elapsed - (moments_.empty() ? std::chrono::nanoseconds{} : moments_.back().end);
    for (const auto& each : owner_.threads_)
      each->drain_recent(rest);
    if (rest.images.count() > 0 || rest.failed > 0)
      moments_.push_back(moment_of(rest));
    return std::move(moments_);
  }

  /// Thread-safe.
  void all_done() {
    asio::post(context_, [this] { context_.stop(); });
  }

private:
  void await_signal() {
    signals_.async_wait([this](client::error_code ec, int) {
      if (ec)
        return;
      if (interrupted_)
        abort();
      interrupted_ = true;
      plan_.stop(steady_clock::now());
      for (const auto& each : owner_.threads_)
        each->wake();
      await_signal();
    });
  }

  void await_tick() {
    timer_.expires_after(tick);
    timer_.async_wait([this](client::error_code ec) {
      if (ec)
        return;
      const auto now = steady_clock::now();
      for (const auto& each : owner_.threads_)
        each->check_deadlines();
      if (plan_.end() != steady_clock::time_point::max() && now > plan_.end() + grace)
        abort();
      else if (now - last_report_ >= report_interval && !plan_.is_over(now))
        report(now);
      await_tick();
    });
  }

  void report(steady_clock::time_point now) {
    progress made;
    made.elapsed = now - plan_.begin();
    // The figures exclude the warm-up.
    made.span = std::clamp<std::chrono::nanoseconds>(made.elapsed, {}, now - last_report_);
    last_report_ = now;
    for (const auto& each : owner_.threads_)
      each->drain_recent(made);
    if (made.span.count() > 0)
      moments_.push_back(moment_of(made));
    if (observer_)
      observer_(made);
  }

  void abort() {
    owner_.usable_ = false;
    for (const auto& each : owner_.threads_)
      each->abort();
  }

  client_pool& owner_;
  schedule& plan_;
  const progress_observer& observer_;
  steady_clock::time_point last_report_;
  bool interrupted_ = false;
  series moments_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGINT, SIGTERM};
  asio::steady_timer timer_{context_};
};

client_pool::client_pool(const client::registry_url& url, const pool_settings& settings)
  : site_{find_site(url, settings)} {
  const client::connection_settings connections{settings.timeout, user_agent, settings.reconnect};
  for (std::uint32_t i = 0; i < std::min(settings.threads, settings.connections); ++i)
    threads_.push_back(std::make_unique<client_thread>());
  for (std::uint32_t i = 0; i < settings.connections; ++i)
    threads_[i % threads_.size()]->add_client(site_, connections,
                                              static_cast<double>(i) / settings.connections);
}

client_pool::~client_pool() = default;

load_result client_pool::run(const workload& job, const load_shape& how,
                             const progress_observer& observer) {
  schedule plan{how, steady_clock::now()};
  monitor control{*this, plan, observer};
  std::size_t working = 0;
  for (const auto& each : threads_)
    working += each->size();
  std::atomic<std::size_t> left{working};
  for (const auto& each : threads_)
    each->start(job, plan, [&] {
      if (left.fetch_sub(1) == 1)
        control.all_done();
    });
  load_result result;
  result.interrupted = control.wait();
  // Also waits until no thread uses the local variables.
  for (const auto& each : threads_)
    result.figures.merge(each->take_figures());
  result.moments = control.take_moments();
  for (const auto& each : threads_)
    each->rethrow_failure();
  result.measured = plan.measured();
  result.numbers = plan.numbers();
  result.missed = plan.missed(steady_clock::now());
  return result;
}

} // namespace gantry::bench
