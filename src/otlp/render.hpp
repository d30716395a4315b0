// Spans as OTLP's JSON: a message ExportTraceServiceRequest, with ids in hex.
#pragma once

#include "otlp/settings.hpp"
#include "telemetry/span.hpp"

#include <span>
#include <string>
#include <string_view>

namespace gantry::otlp {

/// What stands before and behind the spans of each batch.
class envelope {
public:
  /// `resource`: texts in UTF-8. `version`: of this program; it is `service.version` unless the
  /// resource has another.
  envelope(text_pairs resource, std::string_view version);

  /// The body of a request.
  std::string wrap(std::span<const telemetry::span_record> spans) const;

private:
  std::string head_;
};

} // namespace gantry::otlp
