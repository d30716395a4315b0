#include "storage/memory/room_maker.hpp"

#include "telemetry/log.hpp"

#include <exception>

namespace gantry::storage {

void room_maker::make_room(std::function<void()> done) {
  {
    unique_lock lock{mutex_};
    if (stopped_) {
      lock.unlock();
      return done();
    }
    waiting_.push_back(std::move(done));
    if (waiting_.size() > 1)
      return; // the first one has submitted the work
  }
  workers_.submit([self = shared_from_this()] { self->work(); });
}

void room_maker::stop() {
  const lock_guard lock{mutex_};
  stopped_ = true;
}

void room_maker::work() {
  std::vector<std::function<void()>> waiting;
  {
    const lock_guard lock{mutex_};
    waiting.swap(waiting_);
  }
  try {
    reclaim_();
  } catch (const std::exception& bug) {
    telemetry::log().error("storage: {}", bug.what());
  }
  for (auto& each : waiting)
    each();
}

} // namespace gantry::storage
