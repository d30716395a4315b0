// How clients name plans and runs of retention.
#pragma once

#include "domain/error.hpp"
#include "domain/time_point.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::api {

/// What a client calls a plan: the moment that it judges, and what it removes.
struct plan_id {
  /// In milliseconds.
  time_point made = {};
  /// `retention::plan::id`.
  std::string content = {};

  std::string to_string() const;
  bool operator==(const plan_id&) const = default;
};

/// Where a run stands in the log, and which plan it applied.
struct run_id {
  /// The number of the last change before it.
  std::uint64_t after = 0;
  std::string content = {};

  std::string to_string() const;
  bool operator==(const run_id&) const = default;
};

/// Read what `to_string` wrote. Errors: request_invalid.
result<plan_id> read_plan_id(std::string_view text);
result<run_id> read_run_id(std::string_view text);

} // namespace gantry::api
