// Sends the spans of a tracer to a collector, beside the requests.
#pragma once

#include "otlp/collector.hpp"
#include "otlp/render.hpp"
#include "otlp/settings.hpp"
#include "telemetry/tracer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>

namespace gantry::otlp {

/// How long an exporter takes for what.
struct pace {
  /// Between the first two attempts to send a batch; twice as long between the next ones.
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{30'000};
  /// After this many a batch is dropped.
  unsigned attempts = 5;
  /// What is left at the end is sent within this time, or dropped.
  std::chrono::milliseconds at_stop{2'000};
};

/// The pause after that attempt (from 1), which ended so. `part` of it is taken, 0.5 … 1, so that
/// the programs of a collector do not come back at once.
std::chrono::milliseconds pause_after(unsigned attempt, const receipt& got, const pace& timing,
                                      double part);

/// Has a thread of its own. One owner makes, stops and destroys it. Says in the server's log, once
/// per outage, that a collector takes nothing.
class exporter {
public:
  using collector_factory = std::function<std::unique_ptr<collector>(boost::asio::io_context&)>;

  /// To the collector of the settings. `version`: of this program. Throws std::runtime_error if
  /// certificates cannot be read.
  exporter(telemetry::tracer& from, const settings& chosen, std::string_view version);
  /// `from` outlives the exporter.
  exporter(telemetry::tracer& from, const settings& chosen, std::string_view version,
           const collector_factory& make, pace timing);
  exporter(const exporter&) = delete;
  exporter& operator=(const exporter&) = delete;
  ~exporter() { stop(); }

  /// Sends what waits, and ends. Idempotent.
  void stop();

private:
  boost::asio::awaitable<void> run();
  /// Waits until a batch is full, spans have waited long enough, or the exporter stops.
  boost::asio::awaitable<void> rest();
  boost::asio::awaitable<void> deliver(const std::vector<telemetry::span_record>& batch);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds span);
  /// Waits before the next attempt, unless the exporter stops.
  boost::asio::awaitable<void> recover(unsigned attempt, const receipt& got);
  void note_success(const receipt& got);
  void note_failure(const receipt& got);
  /// Runs on the exporter's thread.
  void begin_stop();

  telemetry::tracer& from_;
  const std::string endpoint_;
  const std::chrono::milliseconds delay_;
  const pace timing_;
  const envelope envelope_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
    context_.get_executor()};
  boost::asio::steady_timer timer_{context_};
  boost::asio::steady_timer end_{context_};
  std::unique_ptr<collector> collector_;
  std::minstd_rand random_;
  /// Spans of the batch that is being sent.
  std::size_t sending_ = 0;
  bool stopping_ = false;
  /// The last attempt failed, which the log says already.
  bool failing_ = false;
  bool has_rejected_ = false;
  std::thread thread_;
};

} // namespace gantry::otlp
