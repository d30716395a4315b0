// One thread of a crew and the clients on it.
#pragma once

#include "bench/crew.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <mutex>
#include <thread>

namespace gantry::bench {

/// Functions are for the thread that owns the crew, unless they say otherwise.
class crew::lane {
public:
  lane() : work_{context_.get_executor()}, thread_{[this] { context_.run(); }} {}
  ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  /// Before the first `start`.
  /// The site outlives it. `place` among all clients: 0 for the first, less than 1.
  void add_client(const client::registry_site& site, const client::connection_settings& settings,
                  double place);
  std::size_t size() const noexcept { return workers_.size(); }

  /// Sets all clients to work; calls `done` on the lane's thread when each has ended. `job` and
  /// `plan` live until then.
  void start(const workload& job, schedule& plan, std::function<void()> done);
  /// Wakes clients that wait for their time to come: the schedule has been stopped.
  void wake();
  void check_deadlines();
  void abort();
  /// The figures of the load that has ended. Waits until the lane has nothing more to do.
  tally take_figures();
  /// Throws what a workload has thrown; after `take_figures`.
  void rethrow_failure();

  /// Moves what images took since the last call into `report`.
  void drain_recent(progress& report);

private:
  struct worker {
    worker(boost::asio::io_context& context, const client::registry_site& site,
           const client::connection_settings& settings, double its_place)
      : client{context, site, settings}, place{its_place}, timer{context} {}

    registry_client client;
    double place;
    boost::asio::steady_timer timer;
  };

  /// Both run on the lane's thread.
  boost::asio::awaitable<void> work(worker& self, const workload& job, schedule& plan);
  void enter(const schedule::ticket& ticket, schedule& plan, bool well);

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<worker>> workers_;
  tally figures_;
  std::exception_ptr failure_;
  /// Guards what the owner of the crew reads while the lane works.
  std::mutex recent_mutex_;
  latency_histogram recent_;
  std::uint64_t recently_failed_ = 0;
  /// Last, so that everything else is there when it starts.
  std::thread thread_;
};

} // namespace gantry::bench
