// Notices how long a registry has had no request.
#pragma once

#include "http/handler.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>

namespace gantry::app {

/// Forwards to another handler, and counts the requests in progress. Thread-safe.
class idle_watch final : public http::handler {
public:
  /// `behind` outlives this.
  explicit idle_watch(http::handler& behind) : behind_{behind} {}

  boost::asio::awaitable<http::response> answer(http::request& asked) override;
  http::response refused(const http::refusal& why) override;
  http::response failed(const http::request_head& head) override { return behind_.failed(head); }
  void finished(const http::finished_exchange& what) override;
  void drain() override { behind_.drain(); }

  /// The time since the last request ended, or since the construction; zero while a request is in
  /// progress.
  std::chrono::milliseconds idle_for() const;

private:
  using clock = std::chrono::steady_clock;

  http::handler& behind_;
  std::atomic<std::size_t> in_progress_{0};
  std::atomic<clock::rep> ended_{clock::now().time_since_epoch().count()};
};

} // namespace gantry::app
