// The last events of the log.
#pragma once

#include "watch/batch.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace gantry::watch {

/// How much a ring keeps. Its last batch always stays.
struct ring_limits {
  std::size_t events = 4096;
  std::size_t bytes = std::size_t{4} * 1024 * 1024;
};

/// Not thread-safe. The rings of several threads share their batches.
class ring {
public:
  explicit ring(ring_limits limits = {}) : limits_{limits} {}

  /// Forgets everything; the next batch begins after `position`.
  void start(std::uint64_t position);
  /// Precondition: the batch begins where the last one ended.
  void add(batch_ptr next);
  void stop();

  bool is_started() const noexcept { return is_started_; }
  /// The smallest and the largest number that a reader may have seen who misses nothing here.
  std::uint64_t begin() const noexcept {
    return batches_.empty() ? last_ : batches_.front()->after();
  }
  std::uint64_t last() const noexcept { return last_; }

  /// The batch with the event after `position`; null if that is not here, or not yet.
  batch_ptr find(std::uint64_t position) const;

private:
  ring_limits limits_;
  bool is_started_ = false;
  std::uint64_t last_ = 0;
  std::deque<batch_ptr> batches_;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace gantry::watch
