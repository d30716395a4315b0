// A log sink that writes from a separate thread, so that logging never waits for a pipe.
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

/// Lines are buffered and written once per second, when the buffer reaches `wake_at` bytes, and at
/// the end. spdlog's own asynchronous logger wakes its thread for every line; this one costs a
/// short lock and a copy. While a stalled reader keeps the buffer full, new lines are dropped and
/// counted, so the registry does not stall.
class background_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  static constexpr std::size_t wake_at = 64 * 1024;
  static constexpr std::size_t capacity = 4 * 1024 * 1024;

  /// `descriptor` must stay open for the sink's lifetime.
  explicit background_sink(int descriptor);
  /// Writes the remaining lines; gives up if the reader accepts nothing for a second.
  ~background_sink() override;

  std::uint64_t dropped_lines() const noexcept { return dropped_.load(); }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  /// Wakes the writer; does not wait for it.
  void flush_() override;

private:
  void run();
  void write(std::string_view bytes);
  void note_loss(std::string_view bytes);

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
