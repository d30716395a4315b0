// What a write does that finds the memory limit reached.
#pragma once

#include "base/mutex.hpp"
#include "base/worker_pool.hpp"
#include "domain/error.hpp"
#include "storage/api/completion.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gantry::storage {

/// Makes room, on a thread of the engine, for all who wait. Any thread may ask.
class room_maker : public std::enable_shared_from_this<room_maker> {
public:
  /// `reclaim` frees what may be freed at once. `workers` are used until `stop`.
  room_maker(std::function<void()> reclaim, worker_pool& workers)
    : reclaim_{std::move(reclaim)}, workers_{workers} {}

  /// Calls `done` when `reclaim` has run after this call.
  void make_room(std::function<void()> done);
  /// From now on there is nothing to reclaim.
  void stop();

private:
  void work();

  const std::function<void()> reclaim_;
  mutex mutex_;
  std::vector<std::function<void()>> waiting_ GANTRY_GUARDED_BY(mutex_);
  bool stopped_ GANTRY_GUARDED_BY(mutex_) = false;
  worker_pool& workers_;
};

/// Answers with the result of `work`. Work that finds no room changes nothing, and is tried once
/// more after some was made, which may be after the return. After the engine's end none is made.
/// What `work` holds is let go before the answer.
template <class T, class Work>
void with_room(const std::weak_ptr<room_maker>& rooms, completion<T> done, Work work) {
  auto held = std::optional<Work>{std::move(work)};
  result<T> outcome = (*held)();
  const bool found_none = !outcome && outcome.error().code == errc::insufficient_storage;
  const auto maker = found_none ? rooms.lock() : nullptr;
  if (!maker) {
    held.reset();
    return done(std::move(outcome));
  }
  maker->make_room(
    [done = std::move(done), again = std::make_shared<Work>(std::move(*held))]() mutable {
      result<T> second = (*again)();
      again.reset();
      done(std::move(second));
    });
}

} // namespace gantry::storage
