#include "api/rate_limits.hpp"

#include "api/operations.hpp"
#include "api/proxies.hpp"
#include "api/responses.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace gantry::api {

namespace {

limits::requests kind_of(effect does) noexcept {
  switch (does) {
  case effect::none:
  case effect::reads: return limits::requests::read;
  case effect::deletes: return limits::requests::remove;
  case effect::writes:
  case effect::controls:
  case effect::steers: return limits::requests::write;
  }
  return limits::requests::read;
}

/// Health and preflights are for everybody, whatever others ask.
bool is_counted(const exchange& ex) noexcept {
  return !ex.server.rates.empty() && !ex.is_repeated &&
         !(ex.asked && ex.asked->needs == scope::none);
}

std::optional<response> limit(exchange& ex, limits::sharing among, std::string_view name) {
  const auto kind = ex.asked ? kind_of(ex.asked->does) : limits::requests::read;
  const auto wait = ex.server.rates.count(among, name, kind, std::chrono::steady_clock::now());
  if (wait.count() == 0)
    return std::nullopt;
  auto reply = make_error_response(fail(errc::too_many_requests));
  reply.take("Retry-After");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  reply.set("Retry-After", std::to_string(seconds));
  return reply;
}

} // namespace

std::optional<response> limit_address(exchange& ex) {
  if (!is_counted(ex))
    return std::nullopt;
  return limit(ex, limits::sharing::address, net::client_network(client_address(ex)));
}

std::optional<response> limit_user(exchange& ex) {
  return is_counted(ex) ? limit(ex, limits::sharing::user, ex.who().user) : std::nullopt;
}

} // namespace gantry::api
