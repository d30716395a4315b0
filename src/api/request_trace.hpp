// The place of a request in a trace: what its caller says, and the span that is recorded of it.
#pragma once

#include "http/request_head.hpp"
#include "telemetry/span.hpp"

#include <chrono>

namespace gantry::api {

struct request_trace {
  /// What logs name: the recorded span, or the caller's; zeros if there is neither.
  telemetry::trace_id trace = {};
  telemetry::span_id span = {};
  /// The span that is recorded; empty if the request is not sampled.
  telemetry::span_context recorded = {};
  /// The caller's span; zeros without one.
  telemetry::span_id parent = {};
  /// When the recorded span began.
  std::chrono::system_clock::time_point begin = {};
};

/// Reads `traceparent` and `tracestate`, and samples. `tracer` is null if nothing is recorded.
request_trace begin_trace(telemetry::tracer* tracer, const http::request_head& head);

} // namespace gantry::api
