// Whether the registry can serve, and what an operator must know if it can.
#pragma once

#include "api/exchange.hpp"

#include <string>

namespace gantry::api {

struct readiness {
  /// Why requests should go elsewhere; empty if the registry can serve.
  std::string obstacle = {};
  /// It serves, but not everything: pulls and deletes work, and pushes do not.
  std::string limitation = {};

  bool is_ready() const noexcept { return obstacle.empty(); }
};

/// Does not block. Any thread.
readiness look_at(const context& server);

/// The answer of /readyz: 200 `{"status":"ok"}`, 200 with `"status":"limited"` and a `reason`, or
/// 503 with an error body that has the reason.
http::response make_response(const readiness& found);

} // namespace gantry::api
