#include "runtime/actor_scheduler.hpp"

#include "runtime/ask.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <caf/logger.hpp>

namespace asio = boost::asio;

namespace gantry::runtime {

namespace {

/// Rounds of actors between two polls of the sockets. A request from one actor to another runs in
/// the next round.
constexpr int max_rounds = 4;

} // namespace

actor_worker::actor_worker(caf::actor_system* system, std::size_t throughput, waiting how)
  : execution_unit(system), guard_{context_.get_executor()}, throughput_{throughput}, how_{how} {}

void actor_worker::exec_later(caf::resumable* job) {
  jobs_.push_back(job);
  note_jobs();
  arm();
}

void actor_worker::arm() {
  if (armed_ || attended_)
    return;
  armed_ = true;
  asio::defer(context_.get_executor(), [this] { drain(); });
}

void actor_worker::inject(caf::resumable* job) {
  asio::post(context_.get_executor(), [this, job] { exec_later(job); });
}

void actor_worker::run() {
  current_worker() = this;
  run_io_thread(context_, how_);
  current_worker() = nullptr;
}

void actor_worker::request_stop() {
  guard_.reset();
  context_.stop();
}

void actor_worker::abandon() {
  context_.restart();
  context_.poll();
  for (auto* job : jobs_)
    caf::scheduler::abstract_coordinator::cleanup_and_release(job);
  jobs_.clear();
}

void actor_worker::drain() {
  armed_ = false;
  attended_ = true;
  run_rounds();
}

void actor_worker::run_rounds() {
  for (int rounds = max_rounds; rounds > 0 && !jobs_.empty(); --rounds) {
    for (auto left = jobs_.size(); left > 0; --left) {
      auto* job = jobs_.front();
      jobs_.pop_front();
      if (job->resume(this, throughput_) == caf::resumable::resume_later)
        jobs_.push_back(job);
      else
        caf::intrusive_ptr_release(job);
    }
  }
  attended_ = false;
  note_jobs();
  if (!jobs_.empty())
    arm();
}

eager_actors::eager_actors(actor_worker* worker) noexcept
  : worker_{worker && !worker->attended_ ? worker : nullptr} {
  if (worker_)
    worker_->attended_ = true;
}

eager_actors::~eager_actors() {
  if (worker_)
    worker_->run_rounds();
}

void actor_scheduler::init(caf::actor_system_config& config) {
  abstract_coordinator::init(config);
  for (std::size_t i = 0; i < num_workers(); ++i)
    workers_.push_back(std::make_unique<actor_worker>(&system(), max_throughput(), how_));
}

void actor_scheduler::start() {
  for (auto& worker : workers_)
    threads_.emplace_back([this, &worker] {
      CAF_SET_LOGGER_SYS(&system());
      worker->run();
    });
  clock_thread_ = std::thread{[this] { clock_.run_dispatch_loop(); }};
  abstract_coordinator::start();
}

void actor_scheduler::stop() {
  stop_actors();
  for (auto& worker : workers_)
    worker->request_stop();
  for (auto& thread : threads_)
    thread.join();
  for (auto& worker : workers_)
    worker->abandon();
  clock_.cancel_dispatch_loop();
  clock_thread_.join();
}

void actor_scheduler::enqueue(caf::resumable* job) {
  if (auto* worker = current_worker(); worker && &worker->system() == &system())
    worker->exec_later(job);
  else
    workers_[next_worker_++ % workers_.size()]->inject(job);
}

} // namespace gantry::runtime
