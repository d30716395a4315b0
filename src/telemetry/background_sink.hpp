// A log sink that writes from a thread of its own, so that whoever logs never waits for a pipe.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace gantry::telemetry {

/// Lines gather in a buffer, which is written once a second, when it has grown to `wake_at` bytes,
/// and at the end. spdlog's own asynchronous logger wakes its thread for every single line; this
/// one costs a short lock and a copy. A reader that stalls must not stop the registry: while the
/// buffer is full, new lines are dropped and counted.
class background_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  static constexpr std::size_t wake_at = 64 * 1024;
  static constexpr std::size_t capacity = 4 * 1024 * 1024;

  /// `descriptor` must stay open until the sink is gone.
  explicit background_sink(int descriptor);
  /// Writes what is left; gives up on a reader that takes nothing for a second.
  ~background_sink() override;

  std::uint64_t dropped_lines() const noexcept { return dropped_.load(); }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  /// Lets the writer start now; does not wait for it.
  void flush_() override;

private:
  void run();
  void write(std::string_view bytes);

  const int descriptor_;
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<bool> stopping_{false};

  // Guarded by the base class's mutex.
  std::string pending_;
  bool flush_wanted_ = false;

  std::condition_variable wake_;
  std::thread writer_;
};

} // namespace gantry::telemetry
