#include "api/audit_observer.hpp"

#include <chrono>
#include <string_view>

namespace gantry::api {

namespace {

/// A client that only wants to know whether it may come in, or to have a token for that.
bool is_login(scope needs) noexcept {
  return needs == scope::login || needs == scope::token || needs == scope::form;
}

/// The action of a request that is noted; empty for others.
std::string_view action_of(const finished_request& what) {
  const auto& facts = what.facts;
  if (!facts.refused_user.empty())
    return "login";
  if (facts.asked && is_login(facts.asked->needs) && !facts.user.empty())
    return "login";
  return facts.asked && is_audited(*facts.asked) ? facts.asked->name : std::string_view{};
}

} // namespace

bool is_audited(const operation& asked) noexcept {
  const bool reads = asked.methods == "GET, HEAD" || asked.methods == "OPTIONS";
  return !reads && asked.needs != scope::form && asked.name != "append_upload";
}

void audit_observer::finished(const finished_request& what) {
  const auto action = action_of(what);
  if (action.empty())
    return;
  const auto& facts = what.facts;
  telemetry::audit_entry entry;
  entry.time = std::chrono::system_clock::now();
  entry.user = facts.refused_user.empty() ? facts.user : facts.refused_user;
  entry.remote = what.client();
  entry.action = action;
  entry.repository = facts.repository;
  entry.reference = facts.reference;
  entry.status = what.exchange.status;
  entry.request_id = what.exchange.id;
  entry.trace = facts.trace.trace;
  log_.write(entry);
}

} // namespace gantry::api
