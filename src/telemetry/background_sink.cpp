#include "telemetry/background_sink.hpp"

#include <spdlog/pattern_formatter.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace gantry::telemetry {

namespace {
constexpr std::chrono::milliseconds flush_interval{1000};
} // namespace

background_sink::background_sink(int descriptor)
  : descriptor_{descriptor}, writer_{[this] { run(); }} {}

background_sink::~background_sink() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

void background_sink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (pending_.size() + line.size() > capacity) {
    ++dropped_;
    return;
  }
  pending_.append(line.data(), line.size());
  if (pending_.size() >= wake_at)
    wake_.notify_one();
}

void background_sink::flush_() {
  flush_wanted_ = true;
  wake_.notify_one();
}

void background_sink::run() {
  std::string writing;
  std::unique_lock lock{mutex_};
  while (!stopping_ || !pending_.empty()) {
    wake_.wait_for(lock, flush_interval,
                   [this] { return stopping_ || flush_wanted_ || pending_.size() >= wake_at; });
    flush_wanted_ = false;
    writing.swap(pending_);
    lock.unlock();
    write(writing);
    writing.clear();
    lock.lock();
  }
}

// Writes pieces that a pipe accepts whole after poll reports it writable, so it never blocks.
void background_sink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd target{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const int ready = ::poll(&target, 1, static_cast<int>(flush_interval.count()));
    if (ready == 0 && stopping_)
      return;
    if (ready <= 0)
      continue;
    const auto n =
      ::write(descriptor_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (n > 0)
      bytes.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR && errno != EAGAIN)
      return note_loss(bytes);
  }
}

void background_sink::note_loss(std::string_view bytes) {
  dropped_ += static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
}

} // namespace gantry::telemetry
