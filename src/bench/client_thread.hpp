// One thread of a load, and the clients on it.
#pragma once

#include "base/mutex.hpp"
#include "bench/load_result.hpp"
#include "bench/registry_client.hpp"
#include "bench/schedule.hpp"
#include "bench/tally.hpp"
#include "bench/workload.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace gantry::bench {

/// The thread that owns the pool calls the public functions; the private ones run on this thread.
class client_thread {
public:
  client_thread() : work_{context_.get_executor()}, thread_{[this] { context_.run(); }} {}
  ~client_thread();
  client_thread(const client_thread&) = delete;
  client_thread& operator=(const client_thread&) = delete;

  /// Precondition: `start` has not been called. The site outlives the thread. `place` is that of
  /// the client among all clients: from 0 for the first to less than 1.
  void add_client(const client::registry_site& site, const client::connection_settings& settings,
                  double place);
  std::size_t size() const noexcept { return workers_.size(); }

  /// Starts all clients. Calls `done` on this thread each time a client ends. `job` and `plan` live
  /// until the last one has ended.
  void start(const workload& job, schedule& plan, std::function<void()> done);
  /// Wakes the clients that wait for their turn, after the schedule was stopped.
  void wake();
  void check_deadlines();
  void abort();
  /// The figures of the finished load. Waits until this thread is idle.
  tally take_figures();
  /// Rethrows an exception of a workload. Precondition: `take_figures` has been called.
  void rethrow_failure();

  /// Moves the latencies and failures since the last call into `report`.
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

  boost::asio::awaitable<void> work(worker& self, const workload& job, schedule& plan);
  void enter(const schedule::ticket& ticket, schedule& plan, bool well);

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<worker>> workers_;
  tally figures_;
  std::exception_ptr failure_;
  /// Guards the next two members, which the pool's owner reads while clients work.
  mutex recent_mutex_;
  latency_histogram recent_ GANTRY_GUARDED_BY(recent_mutex_);
  std::uint64_t recently_failed_ GANTRY_GUARDED_BY(recent_mutex_) = 0;
  /// Declared last, so that everything else exists when it starts.
  std::thread thread_;
};

} // namespace gantry::bench
