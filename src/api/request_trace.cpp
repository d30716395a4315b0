#include "api/request_trace.hpp"

#include "telemetry/tracer.hpp"

#include <optional>
#include <string>

namespace gantry::api {

request_trace begin_trace(telemetry::tracer* tracer, const http::request_head& head) {
  const auto field = head.find_only("traceparent");
  const auto caller =
    field ? telemetry::parse_traceparent(*field) : std::optional<telemetry::trace_parent>{};
  request_trace made;
  if (caller) {
    made.trace = caller->trace;
    made.span = made.parent = caller->span;
  }
  if (!tracer)
    return made;
  made.recorded = tracer->begin(caller ? &*caller : nullptr,
                                caller ? telemetry::parse_tracestate(head.find_list("tracestate"))
                                       : std::string{});
  if (!made.recorded)
    return made;
  made.begin = std::chrono::system_clock::now();
  made.trace = made.recorded.trace()->id;
  made.span = made.recorded.id();
  return made;
}

} // namespace gantry::api
