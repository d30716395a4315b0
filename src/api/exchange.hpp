// What a handler works with: the request, its body, and the registry.
#pragma once

#include "actors/registry_services.hpp"
#include "api/in_flight.hpp"
#include "api/options.hpp"
#include "auth/identity.hpp"
#include "auth/outcome.hpp"
#include "auth/policy_file.hpp"
#include "base/adjustable_clock.hpp"
#include "base/current.hpp"
#include "domain/history.hpp"
#include "domain/text_seal.hpp"
#include "faults/fault_set.hpp"
#include "http/handler.hpp"
#include "journal/journal.hpp"
#include "limits/rate_limiter.hpp"
#include "net/buffer_pool.hpp"
#include "policy/rule_set.hpp"
#include "policy/subject.hpp"
#include "profiles/quota_counter.hpp"
#include "replay/player.hpp"
#include "storage/api/quota_ledger.hpp"
#include "telemetry/histogram.hpp"
#include "telemetry/span.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::auth {
class login;
} // namespace gantry::auth
namespace gantry::listing {
class index;
} // namespace gantry::listing
namespace gantry::webhooks {
class deliveries;
} // namespace gantry::webhooks

namespace gantry::api {

struct operation;
class retention_runs;
class watch_feed;

/// What all requests share; outlives them.
struct context {
  /// `time` is null if tests cannot change it.
  context(registry_services& actors, options chosen, adjustable_clock* time)
    : services{actors},
      clock{time},
      bytes{chosen.max_in_flight},
      buffers{bytes.buffers()},
      requests{chosen.journal_entries},
      rates{chosen.rates},
      settings{std::make_shared<const options>(std::move(chosen))} {}

  /// Refuses pushes and deletes from now on, or accepts them again. Any thread.
  void protect(bool read_only) {
    settings.update([read_only](options& changed) { changed.read_only = read_only; });
  }

  void count_login(auth::verdict how) noexcept { ++logins[static_cast<std::size_t>(how)]; }

  /// Removes what tests have set and seen, as a reset of the content does.
  void forget_tests() {
    faults.clear();
    requests.clear();
    quotas.clear();
    if (session)
      session->rewind();
    if (clock)
      clock->adjust({.real = true});
  }

  registry_services& services;
  /// What `registry_services::now` shows; null with --data.
  adjustable_clock* const clock;
  in_flight bytes;
  faults::fault_set faults;
  net::buffer_pool buffers;
  /// What clients have asked.
  journal::journal requests;
  /// Seals positions in lists, if they may name what the client may not read.
  text_seal positions;
  /// How often clients may ask.
  limits::rate_limiter rates;
  /// What clients have used of a profile's quotas.
  profiles::quota_counter quotas;
  /// Answers instead of the content; null if none is replayed. Set before anything is served.
  std::unique_ptr<replay::player> session;
  /// Replaced as a whole; each request reads it once.
  current<options> settings;
  /// Null if clients have neither passwords nor tokens. Set before anything is served.
  auth::login* login = nullptr;
  /// Null if all that are let in may do everything. Set before anything is served.
  auth::policy_file* policy = nullptr;
  /// Null if nothing is traced. Set before anything is served.
  telemetry::tracer* tracer = nullptr;
  /// Set before anything is served.
  watch_feed* watches = nullptr;
  /// Set before anything is served.
  listing::index* listing = nullptr;
  /// Set before anything is served.
  retention_runs* retention = nullptr;
  /// Null if no endpoint is configured. Set before anything is served.
  webhooks::deliveries* webhooks = nullptr;
  /// What repositories may hold; null without quotas. Set before anything is served.
  quota_ledger* storage_quotas = nullptr;
  /// Sizes of pushed blobs.
  telemetry::histogram pushed_blobs;
  /// Logins by how they ended: `auth::verdict`. One that is remembered counts as well.
  std::array<std::atomic<std::uint64_t>, 3> logins{};
  /// Renders the metrics, without blocking; empty if they are off, or on an address of their own.
  /// Set before anything is served.
  std::function<std::string()> scrape;
  /// The address that the server is bound to, `127.0.0.1:4775`. Set before anything is served.
  std::string address;
  /// The server is stopping.
  std::atomic<bool> draining{false};
};

/// One request on its connection; lives while its handler runs.
struct exchange {
  exchange(context& around, http::request& from)
    : server{around},
      settings{around.settings.take()},
      rules{around.policy ? around.policy->take() : nullptr},
      peer{from.peer},
      head{from.head},
      body{from.body} {}

  context& server;
  /// The settings for this request, from its first stage to its last.
  const std::shared_ptr<const options> settings;
  /// Likewise; null without one.
  const std::shared_ptr<const policy::rule_set> rules;
  net::connection& peer;
  const http::request_head& head;
  http::body_source& body;
  /// The client's address if a trusted proxy stands between; empty if the peer is the client.
  std::string client = {};
  /// What the request does is part of this span; empty if it is not traced.
  telemetry::span_context span = {};
  /// Null until the request is parsed, and for one that names no operation.
  const operation* asked = nullptr;
  /// Who has logged in, and what that rests on; never null.
  auth::identity_ptr identity = auth::anonymous_identity();
  /// Who tried to log in in vain; empty for none.
  std::string refused_user = {};
  /// What the client may do, from the authorisation on, as `identity` says it then was; absent for
  /// everything.
  std::optional<policy::rights> rights = {};
  /// The fault that hits this request; null if none does.
  std::unique_ptr<const faults::hit> fault = {};
  /// Quotas of a profile have counted this request.
  bool counted = false;
  /// Its response is made a second time: limits have counted it.
  bool is_repeated = false;

  const policy::subject& who() const noexcept { return identity->who; }
};

/// To whom a change that the request makes is ascribed.
changer_ptr changer_of(const exchange& ex);

/// A link with scheme and host (`options::external_url`, or as the client sees them) to a path,
/// given in parts and without the prefix.
std::string absolute_link_to(const exchange& ex, std::initializer_list<std::string_view> path);

/// A Location or Link to a path ("/v2/…", without the prefix), given in parts: the path alone, or
/// with scheme and host if so configured.
std::string link_to(const exchange& ex, std::initializer_list<std::string_view> path);

} // namespace gantry::api
