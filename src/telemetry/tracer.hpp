// Begins traces, and keeps their spans until an exporter takes them.
#pragma once

#include "base/mutex.hpp"
#include "telemetry/sampler.hpp"
#include "telemetry/span.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gantry::telemetry {

struct span_limits {
  /// The most spans that wait; further ones are dropped.
  std::size_t queue = 2048;
  /// The most spans of a batch; at most `queue`.
  std::size_t batch = 512;
};

/// Any thread. Outlives all spans of its traces.
class tracer {
public:
  explicit tracer(sampler which, span_limits limits = {}) : sampler_{which}, limits_{limits} {}

  /// The span of a request; empty if it is not sampled. `parent` is null without a caller's trace,
  /// `state` its tracestate. The span's record is for the caller to add.
  span_context begin(const trace_parent* parent, std::string state);
  /// Never waits: a span that finds no place is dropped and counted.
  void add(span_record ended);

  /// The spans that have waited longest, at most a batch.
  std::vector<span_record> take();
  /// Forgets all that wait, and takes no more; returns how many there were.
  std::size_t close();
  std::size_t waiting() const;
  bool has_batch() const { return waiting() >= limits_.batch; }
  /// `full` is called, on any thread, when a batch is full. Set before anything is traced.
  void when_full(std::function<void()> full) { full_ = std::move(full); }

  /// What became of spans after `take`.
  void note_exported(std::uint64_t spans) noexcept { exported_ += spans; }
  void note_dropped(std::uint64_t spans) noexcept { dropped_ += spans; }
  std::uint64_t exported() const noexcept { return exported_; }
  std::uint64_t dropped() const noexcept { return dropped_; }

private:
  const sampler sampler_;
  const span_limits limits_;
  std::function<void()> full_;
  mutable mutex mutex_;
  std::vector<span_record> queue_ GANTRY_GUARDED_BY(mutex_);
  bool is_closed_ GANTRY_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> exported_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

} // namespace gantry::telemetry
