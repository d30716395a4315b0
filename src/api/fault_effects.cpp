#include "api/fault_effects.hpp"

#include "api/error_table.hpp"
#include "api/placeholders.hpp"
#include "api/proxies.hpp"
#include "api/responses.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

using http::delivery_plan;
using http::response;

/// The text of a placeholder in the path of a request: a tag, digest or upload id; empty if it has
/// none.
std::string reference_of(const api_request& asked) {
  return std::visit(
    [](const auto& request) -> std::string {
      if constexpr (requires { request.name; })
        return to_string(request.name);
      else if constexpr (requires { request.upload; })
        return request.upload.to_string();
      else if constexpr (requires { request.subject; })
        return request.subject.to_string();
      else if constexpr (requires { request.id.to_string(); })
        return request.id.to_string();
      else
        return {};
    },
    asked);
}

/// The response that a fault gives instead of the true one.
response replacement(const faults::effect& does) {
  if (does.body)
    return http::make_text(
      does.status, does.content_type.empty() ? "application/json" : does.content_type, *does.body);
  const auto code = does.code.empty() ? std::string_view{"UNKNOWN"} : does.code;
  const auto message = does.message.empty() ? std::string_view{"injected fault"} : does.message;
  return http::make_json(does.status, render(code, message));
}

/// Splits an absolute URL; a path alone has neither scheme nor host.
void change_location(const exchange& ex, const faults::location_change& change, response& reply) {
  auto known = reply.take("Location");
  if (!known || change.absent)
    return;
  std::string scheme{own_scheme(ex)};
  std::string host{ex.head.find(http::request_head::field::host).value_or(ex.server.address)};
  std::string path = *known;
  if (const auto mark = known->find("://"); mark != std::string::npos) {
    const auto slash = known->find('/', mark + 3);
    scheme = known->substr(0, mark);
    host = known->substr(mark + 3, slash == std::string::npos ? slash : slash - mark - 3);
    path = slash == std::string::npos ? "/" : known->substr(slash);
  }
  if (!change.scheme.empty())
    scheme = change.scheme;
  if (!change.host.empty())
    host = change.host;
  reply.set("Location", scheme + "://" + host + path);
}

/// Another well-formed digest of the same algorithm: its last digit differs.
std::string other_digest(std::string text) {
  if (!text.empty())
    text.back() = text.back() == '0' ? '1' : '0';
  return text;
}

void change_fields(const exchange& ex, const faults::effect& does, response& reply) {
  if (does.wrong_digest)
    if (auto known = reply.take("Docker-Content-Digest"))
      reply.set("Docker-Content-Digest", other_digest(std::move(*known)));
  if (does.location != faults::location_change{})
    change_location(ex, does.location, reply);
  if (does.endless_link) {
    reply.take("Link");
    reply.set("Link", "<" + std::string{ex.head.target()} + ">; rel=\"next\"");
  }
  for (const auto& [name, value] : does.headers) {
    auto filled = value;
    fill_in(filled, "{target}", ex.head.target());
    reply.take(name);
    reply.set(name, filled);
  }
}

void change_delivery(const faults::hit& struck, response& reply) {
  const auto& does = struck.what->does;
  auto plan = std::make_unique<delivery_plan>();
  plan->delay = struck.delay;
  plan->rate = does.rate;
  plan->declared_length = does.content_length;
  plan->corrupt_at = does.corrupt_byte;
  plan->cut_after = does.truncate_after;
  if (does.reset_after) {
    plan->resets = true;
    plan->silent = *does.reset_after == 0;
    plan->cut_after = does.reset_after;
  }
  // The client misses the beginning of the next response.
  if (does.content_length)
    reply.close = true;
  reply.delivery = std::move(plan);
}

} // namespace

std::optional<response> strike(exchange& ex, const api_request& asked) {
  if (ex.fault || ex.server.faults.is_empty())
    return std::nullopt;
  const auto& operation = operation_of(asked);
  if (operation.does == api::effect::steers) // otherwise no request could remove the fault
    return std::nullopt;
  const auto repository = repository_of(asked);
  const auto reference = reference_of(asked);
  const auto agent = ex.head.find(http::request_head::field::user_agent);
  auto struck = ex.server.faults.strike(
    {ex.head.method(), operation.name, repository, reference, agent.value_or("")});
  if (!struck)
    return std::nullopt;
  ex.fault = std::make_unique<const faults::hit>(std::move(*struck));
  const auto& does = ex.fault->what->does;
  if (does.upload_rate != 0 || does.reset_after_request)
    ex.body.follow({does.upload_rate, does.reset_after_request});
  if (does.status == 0 || does.after)
    return std::nullopt;
  return replacement(does);
}

void apply_fault(const exchange& ex, response& reply) {
  const auto& does = ex.fault->what->does;
  if (does.status != 0 && does.after)
    reply = replacement(does);
  change_fields(ex, does, reply);
  change_delivery(*ex.fault, reply);
}

} // namespace gantry::api
