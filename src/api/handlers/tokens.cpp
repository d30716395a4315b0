// docker's token protocol (distribution's spec/auth/token and spec/auth/oauth): who has logged in
// gets a token, and maybe another one to refresh it.
#include "api/authorisation.hpp"
#include "api/exchange.hpp"
#include "api/form.hpp"
#include "api/login.hpp"
#include "api/operations.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/short_body.hpp"
#include "auth/login.hpp"
#include "base/timestamp.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

/// Bytes: a token as the password, percent-encoded, and scopes.
constexpr std::size_t max_form = 32 * 1024;
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

response refuse(std::string_view why) {
  return make_error_response(fail(errc::request_invalid, why));
}

response without_users() {
  return make_error_response(fail(errc::route_unknown, "this registry has no users"));
}

/// A token for the client of this exchange.
response give_token(exchange& ex, std::optional<std::string_view> scopes, bool with_refresh) {
  const auto made = ex.server.login->grant(*ex.identity, scopes, with_refresh);
  if (!made)
    return refuse("what the issuer says of this client is too long for a token");
  boost::json::object body;
  body["token"] = made->access;        // docker's name
  body["access_token"] = made->access; // that of OAuth 2
  body["expires_in"] = made->lifetime.count();
  body["issued_at"] = render_timestamp(made->made);
  if (!made->refresh.empty())
    body["refresh_token"] = made->refresh;
  if (scopes)
    body["scope"] = *scopes;
  auto reply = make_json(200, boost::json::serialize(body));
  reply.set("Cache-Control", "no-store");
  return reply;
}

bool is_form(const http::request_head& head) {
  const auto type = head.find(http::request_head::field::content_type);
  return type && type->substr(0, form_type.size()) == form_type;
}

/// The fields of a form that are known here.
struct token_form {
  std::string grant_type;
  std::string user;
  std::string password;
  std::string refresh_token;
  std::string access_type;
  std::optional<std::string> scopes;
};

result<token_form> read_form(std::string_view body) {
  const form sent{body};
  token_form read;
  for (const auto& [name, member] : {std::pair{"grant_type", &token_form::grant_type},
                                     {"username", &token_form::user},
                                     {"password", &token_form::password},
                                     {"refresh_token", &token_form::refresh_token},
                                     {"access_type", &token_form::access_type}}) {
    auto value = sent.field(name);
    if (!value)
      return std::move(value).error();
    read.*member = std::move(*value);
  }
  if (sent.has("scope")) {
    auto value = sent.field("scope");
    if (!value)
      return std::move(value).error();
    read.scopes = std::move(*value);
  }
  return read;
}

/// Absent if the refresh token counts.
std::optional<response> take_refresh_token(exchange& ex, const api_request* asked,
                                           std::string_view token) {
  auto owner = ex.server.login->refresh_owner_of(token);
  if (!owner)
    return challenge(ex, asked);
  ex.identity = std::move(owner);
  return std::nullopt;
}

} // namespace

answer handle(exchange& ex, get_token request) {
  if (!ex.server.login)
    co_return without_users();
  co_return give_token(ex, request.scopes, request.offline);
}

answer handle(exchange& ex, exchange_token request) {
  if (!ex.server.login)
    co_return without_users();
  if (!is_form(ex.head))
    co_return refuse("send a form: Content-Type: application/x-www-form-urlencoded");
  const auto body = co_await read_short_body(ex, max_form);
  if (!body)
    co_return make_error_response(body.error());
  auto sent = read_form(*body);
  if (!sent)
    co_return make_error_response(sent.error());
  const api_request asked{request};
  std::optional<response> refused;
  if (sent->grant_type == "password") {
    // A name, because g++ 12 copies a temporary in the arguments of a coroutine wrongly.
    auth::credentials who{std::move(sent->user), std::move(sent->password)};
    refused = co_await log_in_as(ex, &asked, std::move(who));
  } else if (sent->grant_type == "refresh_token") {
    refused = take_refresh_token(ex, &asked, sent->refresh_token);
  } else {
    refused = refuse("grant_type is password or refresh_token");
  }
  if (refused)
    co_return std::move(*refused);
  co_return give_token(ex, sent->scopes, sent->access_type == "offline");
}

} // namespace gantry::api
