// All endpoints of a registry.
#pragma once

#include "domain/error.hpp"
#include "storage/api/completion.hpp"
#include "storage/api/metadata.hpp"
#include "webhooks/deliverer.hpp"
#include "webhooks/endpoint.hpp"
#include "webhooks/envelope.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gantry::webhooks {

/// The folder of positions, in that of the registry.
inline constexpr std::string_view positions_folder = "webhooks";

/// An endpoint, without its secrets.
struct endpoint_report {
  std::string name = {};
  std::string url = {};
  format written_as = format::distribution;
  bool disabled = false;
  delivery_state state = {};
};

/// A test that was accepted.
struct test_report {
  unsigned status = 0;
  std::chrono::milliseconds took{0};
};

/// Has a thread of its own, which may wait for the disk. One owner makes, stops and destroys it;
/// the other functions are for any thread until `stop`.
class deliveries {
public:
  /// `log` outlives it. Positions are kept in `folder`; an empty one means that they end with the
  /// process. Changes count from now on for an endpoint without a position. Precondition:
  /// `read_target` accepts all URLs. Throws std::runtime_error if positions or certificates cannot
  /// be read.
  deliveries(metadata_engine& log, std::vector<endpoint> endpoints, event_source from,
             const std::filesystem::path& folder, std::string user_agent);
  deliveries(const deliveries&) = delete;
  deliveries& operator=(const deliveries&) = delete;
  ~deliveries() { stop(); }

  /// In the order of the configuration.
  std::vector<endpoint_report> list() const;

  /// Sends one test event over a connection of its own, also to a disabled endpoint. Errors:
  /// webhook_unknown, webhook_failed (with the reason).
  void test(std::string_view name, completion<test_report> done);

  /// Fails tests in progress and later ones, so that no client waits for one.
  void end_tests();
  /// Ends attempts in progress; what was not accepted is told again after the next start.
  /// Idempotent.
  void stop();

private:
  /// Called by the engine.
  void notice();
  boost::asio::awaitable<void> run_test(const deliverer& to, completion<test_report> done);

  metadata_engine& log_;
  const event_source from_;
  const std::string user_agent_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
    context_.get_executor()};
  /// Its elements do not move.
  std::deque<deliverer> endpoints_;
  /// Tests in progress. On the thread.
  std::set<client::poster*> testing_;
  bool tests_have_ended_ = false;
  std::atomic<bool> is_due_{false};
  std::thread thread_;
};

} // namespace gantry::webhooks
