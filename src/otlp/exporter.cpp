#include "otlp/exporter.hpp"

#include "base/background_thread.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace gantry::otlp {

namespace {

/// As the kernel shows it.
constexpr const char* thread_name = "gantry-traces";

std::string reason_of(const receipt& got) {
  if (got.status == 0)
    return got.why;
  auto text = "it answers " + std::to_string(got.status);
  return got.why.empty() ? text : text + " (" + got.why + ")";
}

} // namespace

std::chrono::milliseconds pause_after(unsigned attempt, const receipt& got, const pace& timing,
                                      double part) {
  auto span = timing.first_pause;
  for (unsigned i = 1; i < attempt && span < timing.longest_pause; ++i)
    span *= 2;
  span = std::chrono::ceil<std::chrono::milliseconds>(span * part);
  if (got.retry_after)
    span = std::max<std::chrono::milliseconds>(span, *got.retry_after);
  return std::min(span, timing.longest_pause);
}

exporter::exporter(telemetry::tracer& from, const settings& chosen, std::string_view version)
  : exporter{from, chosen, version,
             [&](asio::io_context& context) { return make_collector(context, chosen, version); },
             pace{}} {}

exporter::exporter(telemetry::tracer& from, const settings& chosen, std::string_view version,
                   const collector_factory& make, pace timing)
  : from_{from},
    endpoint_{chosen.endpoint},
    delay_{chosen.delay},
    timing_{timing},
    envelope_{chosen.resource, version},
    collector_{make(context_)},
    random_{std::random_device{}()} {
  from_.when_full([this] { asio::post(context_, [this] { timer_.cancel(); }); });
  asio::co_spawn(context_, run(), asio::detached);
  thread_ = start_background_thread(thread_name, [this] { context_.run(); });
}

void exporter::stop() {
  if (!thread_.joinable())
    return;
  asio::post(context_, [this] { begin_stop(); });
  thread_.join();
  from_.note_dropped(from_.close() + std::exchange(sending_, 0));
}

void exporter::begin_stop() {
  stopping_ = true;
  timer_.cancel();
  end_.expires_after(timing_.at_stop);
  end_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled)
      return;
    collector_->abort();
    context_.stop();
  });
}

asio::awaitable<void> exporter::run() {
  while (!stopping_ || from_.waiting() > 0) {
    co_await rest();
    // As many as there are now: later ones have not waited yet.
    for (auto left = from_.waiting(); left > 0;) {
      const auto batch = from_.take();
      left -= std::min(left, batch.size());
      try {
        co_await deliver(batch);
      } catch (const std::exception& bug) { // such as too little memory, which costs a batch
        telemetry::log().error("traces cannot be sent: {}", bug.what());
        from_.note_dropped(std::exchange(sending_, 0));
      }
    }
  }
  end_.cancel();
  guard_.reset();
}

asio::awaitable<void> exporter::rest() {
  if (!stopping_ && !from_.has_batch())
    co_await pause(delay_);
}

asio::awaitable<void> exporter::pause(std::chrono::milliseconds span) {
  boost::system::error_code cancelled;
  timer_.expires_after(span);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> exporter::deliver(const std::vector<telemetry::span_record>& batch) {
  sending_ = batch.size();
  const auto body = envelope_.wrap(batch);
  for (unsigned attempt = 1;; ++attempt) {
    const auto got = co_await collector_->send(body);
    if (got.is_accepted()) {
      note_success(got);
      co_return;
    }
    note_failure(got);
    if (!got.may_be_repeated() || attempt >= timing_.attempts || stopping_)
      break;
    co_await recover(attempt, got);
  }
  from_.note_dropped(std::exchange(sending_, 0));
}

asio::awaitable<void> exporter::recover(unsigned attempt, const receipt& got) {
  using std::chrono::steady_clock;
  std::uniform_real_distribution<double> part{0.5, 1};
  const auto until = steady_clock::now() + pause_after(attempt, got, timing_, part(random_));
  // A full batch ends a pause early, but is no reason to try again.
  for (auto now = steady_clock::now(); !stopping_ && now < until; now = steady_clock::now())
    co_await pause(std::chrono::ceil<std::chrono::milliseconds>(until - now));
}

void exporter::note_success(const receipt& got) {
  const auto spans = std::exchange(sending_, 0);
  const auto rejected = std::min<std::uint64_t>(got.rejected, spans);
  from_.note_exported(spans - rejected);
  from_.note_dropped(rejected);
  if (rejected > 0 && !std::exchange(has_rejected_, true))
    telemetry::log().warn("the collector at {} does not take all spans: {}", endpoint_,
                          got.why.empty() ? "it does not say why" : got.why);
  if (std::exchange(failing_, false))
    telemetry::log().info("traces reach {} again", endpoint_);
}

void exporter::note_failure(const receipt& got) {
  if (!std::exchange(failing_, true))
    telemetry::log().warn("traces do not reach {}: {}; spans are dropped until they do", endpoint_,
                          reason_of(got));
}

} // namespace gantry::otlp
