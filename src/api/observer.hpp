// What is told of each request when it is over: logs, later metrics, a journal, traces.
#pragma once

#include "api/operations.hpp"
#include "http/handler.hpp"

#include <string>

namespace gantry::api {

/// What the API knows of a request beside HTTP.
struct request_facts {
  /// Null for a request that names no operation.
  const operation* asked = nullptr;
  /// Empty outside of a repository.
  std::string repository;
  /// Docker-Content-Digest of the response; empty without one.
  std::string digest;
};

struct finished_request {
  const http::finished_exchange& exchange;
  const request_facts& facts;
};

/// Called on all threads; must not block.
class observer {
public:
  virtual ~observer() = default;
  virtual bool is_enabled() const noexcept = 0;
  /// Facts cost memory per request: they are gathered only if an enabled observer wants them.
  virtual bool wants_facts() const noexcept = 0;
  virtual void finished(const finished_request& what) = 0;
};

} // namespace gantry::api
