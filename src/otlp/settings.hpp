// Where traces go, and which: the variables that OpenTelemetry defines.
#pragma once

#include "telemetry/sampler.hpp"
#include "telemetry/tracer.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::otlp {

using text_pairs = std::vector<std::pair<std::string, std::string>>;

struct settings {
  /// The URL that takes batches, `http[s]://HOST[:PORT]/v1/traces`; empty if nothing is traced.
  std::string endpoint = {};
  /// Further fields of each request. Their values may be secrets.
  text_pairs headers = {};
  /// A file of certificates (PEM) to trust for https; empty for the system's.
  std::string authorities = {};
  /// An attempt to send a batch takes at most this long.
  std::chrono::milliseconds timeout{10'000};
  /// Spans wait at most this long for others.
  std::chrono::milliseconds delay{5'000};
  telemetry::span_limits limits = {};
  telemetry::sampler which = {};
  /// What all spans have in common, `service.name` among it.
  text_pairs resource{{"service.name", "gantry"}};

  bool is_on() const noexcept { return !endpoint.empty(); }
};

/// The value of a variable; nothing if it is not set.
using variables = std::function<std::optional<std::string_view>(std::string_view name)>;

struct chosen {
  settings values;
  /// What has no effect or another one than its author expects: a line each.
  std::vector<std::string> warnings = {};
};

/// An empty variable counts as unset. Throws std::invalid_argument, naming the variable, unless the
/// variables switch traces off.
chosen read(const variables& from);

/// The variables that are set and matter here, as `NAME: value`, without secrets.
std::vector<std::string> describe(const variables& from);

} // namespace gantry::otlp
