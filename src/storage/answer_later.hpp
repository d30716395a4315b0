// Long work of an engine, on threads of its own.
#pragma once

#include "base/worker_pool.hpp"
#include "storage/api/completion.hpp"
#include "telemetry/log.hpp"

#include <exception>
#include <utility>

namespace gantry::storage {

/// Runs `work` on `workers` and answers with its result. An exception would end the process there,
/// so it is logged and becomes `internal`.
template <class T, class Work>
void answer_later(worker_pool& workers, completion<T> done, Work work) {
  const auto attempt = [work = std::move(work)]() -> result<T> {
    try {
      return work();
    } catch (const std::exception& bug) {
      telemetry::log().error("storage: {}", bug.what());
      return fail(errc::internal);
    }
  };
  workers.submit([attempt, done = std::move(done)] { done(attempt()); });
}

} // namespace gantry::storage
