// Tells one endpoint of changes, in the order of the log.
#pragma once

#include "base/mutex.hpp"
#include "client/poster.hpp"
#include "domain/time_point.hpp"
#include "storage/api/metadata.hpp"
#include "webhooks/endpoint.hpp"
#include "webhooks/envelope.hpp"
#include "webhooks/position.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>

namespace gantry::webhooks {

/// How an endpoint is, and what became of its events. Counters begin with the process.
struct delivery_state {
  std::uint64_t position = 0;
  /// Numbers of the log after the position, when that was looked at last: at least as many as there
  /// are events to send.
  std::uint64_t pending = 0;
  /// Of the last attempt; zero if there was none, or no answer.
  unsigned last_status = 0;
  /// Empty if the last attempt was accepted.
  std::string last_error = {};
  std::optional<time_point> last_attempt = {};
  /// Attempts that have failed in a row.
  std::size_t failures = 0;

  /// Events that were read, accepted, answered otherwise, and not answered. The last two count
  /// each attempt.
  std::uint64_t events = 0;
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t unanswered = 0;
  /// How often changes were gone from the log before they were read.
  std::uint64_t gaps = 0;
  /// Answers by their status.
  std::map<unsigned, std::uint64_t> statuses = {};
};

/// What all deliverers of a registry share. All of it outlives them.
struct delivery_context {
  boost::asio::io_context& thread;
  metadata_engine& log;
  const event_source& from;
  /// The field User-Agent.
  const std::string& user_agent;
};

/// Runs on the thread of its `io_context`, and outlives its `run`, unless said otherwise.
class deliverer {
public:
  /// Reads the saved position; without one, it is `last`, the number of the log's last entry, and
  /// so if `last` is smaller. Throws std::runtime_error if positions or certificates cannot be
  /// read.
  deliverer(const delivery_context& around, endpoint who, position_file saved, std::uint64_t last);
  deliverer(const deliverer&) = delete;
  deliverer& operator=(const deliverer&) = delete;

  const endpoint& who() const noexcept { return who_; }
  const target& at() const noexcept { return at_; }

  /// Ends after `stop`.
  boost::asio::awaitable<void> run();
  /// The log may have grown.
  void wake();
  void stop();

  /// Any thread.
  delivery_state state() const;

private:
  boost::asio::awaitable<result<change_page>> read(change_query query);
  /// Waits for `wake` or `stop`, if neither has come.
  boost::asio::awaitable<void> rest();
  boost::asio::awaitable<void> pause(std::chrono::milliseconds span);
  /// Reads a page and tells of it. Returns whether there is more to read at once.
  boost::asio::awaitable<bool> read_on();
  boost::asio::awaitable<void> take(change_page page);
  /// Posts until it is accepted; false if it was stopped before.
  boost::asio::awaitable<bool> deliver(const message& what, std::size_t events);
  boost::asio::awaitable<void> count_pending();
  void note_gap();
  void note(const client::post_answer& got, std::size_t events);
  void advance(std::uint64_t to);
  void save();

  const delivery_context around_;
  const endpoint who_;
  const target at_;
  const position_file saved_;
  boost::asio::steady_timer timer_;
  client::poster to_;
  std::minstd_rand random_;
  std::uint64_t position_ = 0;
  /// What the file says.
  std::uint64_t kept_ = 0;
  bool is_due_ = true;
  bool rests_ = false;
  bool stopping_ = false;
  /// The log could not be read.
  bool has_failed_ = false;
  /// The log says these already.
  bool is_failing_ = false;
  bool cannot_save_ = false;
  mutable mutex mutex_;
  delivery_state state_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::webhooks
