// Which traces are recorded.
#pragma once

#include "telemetry/trace_context.hpp"

#include <cstdint>

namespace gantry::telemetry {

/// A value; any thread.
struct sampler {
  enum class kind : std::uint8_t { always_on, always_off, ratio };

  kind own = kind::always_on;
  /// With `kind::ratio`: the part of all traces, 0 … 1.
  double ratio = 1;
  /// A request of a caller with a trace is recorded if the caller records it, whatever `own` says.
  bool follows_parent = true;

  /// `parent` is null if the trace begins here. A ratio is judged by the last eight bytes of the
  /// id, so that all programs that do so choose the same traces.
  bool samples(const trace_id& trace, const trace_parent* parent) const noexcept;
};

} // namespace gantry::telemetry
