// What a write does that finds the memory limit reached.
#pragma once

#include "base/mutex.hpp"
#include "base/worker_pool.hpp"
#include "domain/error.hpp"
#include "storage/api/completion.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace gantry::storage {

/// Makes room, on a thread of the engine, for all who wait. Any thread may ask.
class room_maker {
public:
  /// `reclaim` frees what may be freed at once.
  room_maker(std::function<void()> reclaim, std::size_t threads, stepper* steps)
    : reclaim_{std::move(reclaim)}, workers_{threads, steps} {}

  /// Calls `done` when `reclaim` has run after this call.
  void make_room(std::function<void()> done);

private:
  void work();

  const std::function<void()> reclaim_;
  mutex mutex_;
  std::vector<std::function<void()>> waiting_ GANTRY_GUARDED_BY(mutex_);
  // Last: its work uses the others.
  worker_pool workers_;
};

/// Answers with the result of `work`. Work that finds no room changes nothing, and is tried once
/// more after some was made, which may be after the return. After the engine's end none is made.
template <class T, class Work>
void with_room(const std::weak_ptr<room_maker>& rooms, completion<T> done, Work work) {
  result<T> outcome = work();
  const bool found_none = !outcome && outcome.error().code == errc::insufficient_storage;
  const auto maker = found_none ? rooms.lock() : nullptr;
  if (!maker)
    return done(std::move(outcome));
  maker->make_room([done = std::move(done), work = std::move(work)]() mutable { done(work()); });
}

} // namespace gantry::storage
