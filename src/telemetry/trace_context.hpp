// The names of traces and spans, and the fields of a request that carry them (W3C Trace Context,
// level 1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::telemetry {

/// Random bytes that name something; zeros name nothing.
template <std::size_t Size>
struct random_name {
  std::array<std::uint8_t, Size> bytes{};

  explicit operator bool() const noexcept { return bytes != std::array<std::uint8_t, Size>{}; }
  bool operator==(const random_name&) const = default;

  /// In lower-case hex digits; empty for zeros.
  std::string to_hex() const;
};

using trace_id = random_name<16>;
using span_id = random_name<8>;

/// A new name each time, not zero; from a generator per thread, which no secret may depend on.
trace_id make_trace_id();
span_id make_span_id();

/// What a caller says of itself.
struct trace_parent {
  trace_id trace;
  span_id span;
  /// Whether it records its own part.
  bool is_sampled = false;

  bool operator==(const trace_parent&) const = default;
};

/// Reads a `traceparent`, also one of a later version. Nothing if it is malformed: then the trace
/// begins anew.
std::optional<trace_parent> parse_traceparent(std::string_view text) noexcept;

/// Bytes of a `tracestate` that are kept.
inline constexpr std::size_t max_trace_state = 512;

/// A `tracestate` without blanks and empty members; empty if it is malformed. Of one with more than
/// `max_trace_state` bytes, members beyond 128 bytes are left out, then the last ones.
std::string parse_tracestate(std::string_view text);

} // namespace gantry::telemetry
