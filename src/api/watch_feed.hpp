// Follows the log of the engine for all that watch it.
#pragma once

#include "domain/error.hpp"
#include "net/connection.hpp"
#include "storage/api/metadata.hpp"
#include "watch/ring.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::api {

/// What the feed knows of a connection that watches. On the thread of the connection.
struct watch_member : boost::intrusive::list_base_hook<> {
  explicit watch_member(net::connection& own) : peer{own}, wake{own.executor()} {}

  net::connection& peer;
  /// Fires for heartbeats; cancelled if something has come.
  boost::asio::steady_timer wake;
  /// Set while it waits for that.
  bool waits = false;
  /// The batch of the ring that it is sending; null for none.
  watch::batch_ptr sending = nullptr;
};

/// The watchers of one thread. On that thread.
class watch_hub {
public:
  watch_hub(boost::asio::io_context& thread, watch::ring_limits limits)
    : thread_{thread}, ring_{limits} {}

  boost::asio::io_context& thread() noexcept { return thread_; }
  const watch::ring& ring() const noexcept { return ring_; }
  /// All streams end.
  bool has_ended() const noexcept { return has_ended_; }

  void join(watch_member& one) { members_.push_back(one); }
  void leave(watch_member& one) { members_.erase(members_.iterator_to(one)); }

  void start(std::uint64_t position);
  /// Wakes those that wait. Cuts those whose peers have not even taken what leaves the ring, and
  /// returns how many: what they hold would add up.
  std::size_t add(watch::batch_ptr next);
  void stop() { ring_.stop(); }
  void end();

private:
  void wake_all();

  boost::asio::io_context& thread_;
  watch::ring ring_;
  bool has_ended_ = false;
  boost::intrusive::list<watch_member, boost::intrusive::constant_time_size<false>> members_;
};

struct watch_options {
  /// Watchers at a time.
  std::size_t most = 10'000;
  watch::ring_limits ring = {};
  /// A comment after this time of silence keeps proxies from closing a connection.
  std::chrono::milliseconds heartbeat = std::chrono::seconds{15};
  /// See `watch::event_ids`.
  std::string mark = {};
};

/// Reads the log when the engine says that it has grown, renders each event once, and hands it to
/// the hubs of all threads. Without watchers it does nothing, and no push is told. Any thread,
/// unless said otherwise. Outlives the threads.
class watch_feed {
public:
  /// A place among the watchers, given back on destruction.
  class place {
  public:
    explicit place(watch_feed& in) noexcept : in_{&in} {}
    place(place&& other) noexcept : in_{std::exchange(other.in_, nullptr)} {}
    place& operator=(place&&) = delete;
    ~place() {
      if (in_)
        in_->leave();
    }

  private:
    watch_feed* in_;
  };

  /// `log` outlives the feed.
  watch_feed(metadata_engine& log, const std::vector<boost::asio::io_context*>& threads,
             watch_options chosen);
  watch_feed(const watch_feed&) = delete;
  watch_feed& operator=(const watch_feed&) = delete;

  metadata_engine& log() noexcept { return log_; }
  const watch::event_ids& ids() const noexcept { return ids_; }
  std::chrono::milliseconds heartbeat() const noexcept { return options_.heartbeat; }

  /// Absent if there are too many watchers.
  std::optional<place> enter();
  /// The hub of the connection's thread.
  watch_hub& hub_of(net::connection& peer);

  /// Ends all streams, soon.
  void end_streams();
  /// Returns when nothing is read any more. Precondition: all connections have ended, their threads
  /// have not.
  void stop();

  std::size_t watchers() const noexcept { return watchers_; }
  std::uint64_t events_sent() const noexcept { return sent_; }
  std::uint64_t dropped() const noexcept { return dropped_; }
  void count_sent(std::size_t events) noexcept { sent_ += events; }

private:
  void leave() noexcept;
  template <class Work>
  void on_each_hub(Work work);
  void notice();

  // On the thread `home_`.
  void settle();
  void read();
  void take(std::uint64_t round, result<change_page> read);
  void begin(std::uint64_t position);
  void publish(watch::batch_ptr next);
  void rest(std::chrono::microseconds span);

  metadata_engine& log_;
  const watch_options options_;
  const watch::event_ids ids_;
  /// Its elements do not move.
  std::deque<watch_hub> hubs_;
  boost::asio::io_context& home_;
  std::atomic<std::size_t> watchers_{0};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> dropped_{0};
  /// The log may have grown since it was read.
  std::atomic<bool> is_due_{false};

  // The rest belongs to `home_`.
  std::optional<boost::asio::steady_timer> pause_;
  bool follows_ = false;
  /// Grows when it begins to follow: answers to questions from before are of no use.
  std::uint64_t round_ = 0;
  bool has_begun_ = false;
  /// The last number that was read.
  std::uint64_t position_ = 0;
  bool reads_ = false;
  bool rests_ = false;
  /// Fulfilled when the last read is answered.
  std::optional<std::promise<void>> stopping_;
};

} // namespace gantry::api
