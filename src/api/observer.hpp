// Observers hear of each finished request: the access log and the journal; metrics or traces later.
#pragma once

#include "api/operations.hpp"
#include "http/handler.hpp"

#include <string>

namespace gantry::api {

/// What the API knows about a request, besides HTTP.
struct request_facts {
  /// Null for a request that names no operation.
  const operation* asked = nullptr;
  /// Empty outside a repository.
  std::string repository;
  /// Who has logged in; empty for none.
  std::string user;
  /// Whether the path is one of the registry's controls, even if it is no route.
  bool controls = false;
  /// The name of the injected fault that hit it, or "unnamed"; empty if none did.
  std::string fault;
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
