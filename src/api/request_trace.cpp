#include "api/request_trace.hpp"

#include "telemetry/tracer.hpp"

#include <boost/beast/core/string.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gantry::api {

namespace {

/// Several fields are one list.
std::string state_of(const http::request_head& head) {
  std::string joined;
  head.visit_fields([&joined](std::string_view name, std::string_view value) {
    if (boost::beast::iequals(name, "tracestate"))
      joined.append(joined.empty() ? "" : ",").append(value);
  });
  return telemetry::parse_tracestate(joined);
}

} // namespace

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
  made.recorded =
    tracer->begin(caller ? &*caller : nullptr, caller ? state_of(head) : std::string{});
  if (!made.recorded)
    return made;
  made.begin = std::chrono::system_clock::now();
  made.trace = made.recorded.trace()->id;
  made.span = made.recorded.id();
  return made;
}

} // namespace gantry::api
