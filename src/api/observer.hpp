// Observers hear of each finished request: the logs, the journal, the metrics and the traces.
#pragma once

#include "api/operations.hpp"
#include "api/request_trace.hpp"
#include "http/handler.hpp"

#include <string>
#include <string_view>

namespace gantry::api {

/// What the API knows about a request, besides HTTP. If no observer wants facts, only `asked` is
/// known.
struct request_facts {
  /// Null for a request that names no operation.
  const operation* asked = nullptr;
  /// The client's address if a trusted proxy stands between; empty if the peer is the client.
  std::string client = {};
  /// Empty outside a repository.
  std::string repository = {};
  /// The tag or digest that it names; empty for none.
  std::string reference = {};
  /// Who has logged in; empty for none.
  std::string user = {};
  /// Who tried to log in with a wrong password, or too often; empty for none.
  std::string refused_user = {};
  /// Whether the path is one of the registry's controls, even if it is no route.
  bool controls = false;
  /// The name of the injected fault that hit it, or "unnamed"; empty if none did.
  std::string fault = {};
  request_trace trace = {};
};

/// What nginx calls the status of a client that left before its response.
inline constexpr unsigned left_early = 499;

struct finished_request {
  const http::finished_exchange& exchange;
  const request_facts& facts;

  /// Where it came from: `ADDRESS:PORT`, or the address that a trusted proxy names.
  std::string_view client() const noexcept {
    return facts.client.empty() ? std::string_view{exchange.peer->remote()} : facts.client;
  }

  /// That of the response, or `left_early`.
  unsigned status() const noexcept { return exchange.hung_up ? left_early : exchange.status; }
};

/// Called on all threads; must not block.
class observer {
public:
  virtual ~observer() = default;
  virtual bool is_enabled() const noexcept = 0;
  /// Facts cost memory per request: they are gathered only if an enabled observer wants them.
  virtual bool wants_facts() const noexcept = 0;
  /// A request has begun; `finished` follows on the same thread.
  virtual void begun() noexcept {}
  virtual void finished(const finished_request& what) = 0;
};

} // namespace gantry::api
