#include "api/authorisation.hpp"

#include "api/certificate_login.hpp"
#include "api/proxies.hpp"
#include "api/responses.hpp"
#include "auth/login.hpp"
#include "base/text.hpp"

#include <string>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

using policy::action;

/// A challenge is required (RFC 9110, 15.5.2). This one leads no client to send a password
/// (draft-ietf-httpbis-cant, 2).
constexpr std::string_view certificate_challenge = R"(ClientCertificate realm="Registry")";

/// Absent for what is not an action of a policy.
std::optional<action> action_of(scope needs) noexcept {
  switch (needs) {
  case scope::none:
  case scope::login:
  case scope::token:
  case scope::form: return std::nullopt;
  case scope::pull: return action::pull;
  case scope::push: return action::push;
  case scope::remove: return action::remove;
  case scope::catalog: return action::catalog;
  case scope::metrics: return action::metrics;
  case scope::admin: return action::admin;
  }
  return action::admin;
}

scope needed(const api_request* asked) noexcept {
  if (const auto* removal = std::get_if<delete_manifest>(asked); removal && removal->purge)
    return scope::admin;
  if (const auto* removal = std::get_if<delete_repository>(asked); removal && removal->purge)
    return scope::admin;
  return asked ? operation_of(*asked).needs : scope::admin;
}

std::string_view repository_in(const api_request* asked) noexcept {
  return asked ? repository_of(*asked) : std::string_view{};
}

/// What a request does in a second repository.
struct further_need {
  const repository_name* where = nullptr;
  scope needs = scope::none;
  /// Without it, less is done.
  bool is_optional = false;
};

further_need further(const api_request* asked) noexcept {
  if (const auto* upload = std::get_if<start_upload>(asked); upload && upload->from)
    return {&*upload->from, scope::pull, true};
  if (const auto* copy = std::get_if<copy_image>(asked))
    return {&copy->from, scope::pull};
  if (const auto* renaming = std::get_if<rename_repository>(asked))
    return {&renaming->to, scope::push};
  return {};
}

/// The actions in a repository in docker's words, or the name of a scope of the registry.
std::string_view words_of(scope needs) noexcept {
  switch (needs) {
  case scope::none:
  case scope::login:
  case scope::token:
  case scope::form: return {};
  case scope::metrics: return "metrics";
  case scope::admin: return "admin";
  case scope::pull: return "pull";
  case scope::push: return "pull,push";
  case scope::remove: return "delete";
  case scope::catalog: return "catalog";
  }
  return {};
}

/// What a token must allow: `repository:team/app:pull,push`. A mount also reads its source.
std::string scope_text(const api_request* asked) {
  const auto needs = needed(asked);
  const auto words = words_of(needs);
  if (words.empty())
    return {};
  if (needs >= scope::catalog)
    return concat("registry:", words) + ":*";
  auto text = concat("repository:", repository_in(asked)).append(":").append(words);
  if (const auto also = further(asked); also.where)
    text.append(" repository:")
      .append(also.where->to_string())
      .append(":")
      .append(words_of(also.needs));
  return text;
}

/// Without a service of others, clients get tokens from this registry, under the name that they
/// know it by.
auth::token_service service_for(const exchange& ex) {
  auto service = ex.server.login->options().service.value_or(auth::token_service{
    .is_at_host = true, .path = "/v2/_token", .name = std::string{host_of(ex)}});
  if (service.is_at_host)
    service.realm = absolute_link_to(ex, {service.path});
  return service;
}

std::string bearer_challenge(const exchange& ex, const api_request* asked,
                             std::string_view reason) {
  const auto service = service_for(ex);
  std::string field = "Bearer realm=\"" + service.realm + "\",service=\"" + service.name + "\"";
  if (const auto text = scope_text(asked); !text.empty())
    field += ",scope=\"" + text + "\"";
  if (!reason.empty())
    field.append(",error=\"").append(reason).append("\"");
  return field;
}

/// A token is asked for if it can be used: it cannot buy another one.
bool offers_tokens(const exchange& ex, scope needs) {
  if (needs == scope::token || needs == scope::form)
    return false;
  const auto& options = ex.server.login->options();
  if (options.service)
    return true;
  switch (options.asks) {
  case auth::asked_for::automatic: return ex.rules && ex.rules->admits_anonymous();
  case auth::asked_for::password: return false;
  case auth::asked_for::token: return true;
  }
  return false;
}

/// What the client said of itself: nothing; that it is anonymous; or who it is.
bool has_introduced_itself(const exchange& ex) {
  return !ex.who().anonymous || ex.head.find(http::request_head::field::authorization);
}

/// A login is asked for first, because docker and others send credentials only to registries that
/// ask at `/v2/`.
bool is_admitted(const exchange& ex, scope needs) {
  if (!can_log_in(ex) || !ex.who().anonymous || needs == scope::form || !ex.who().limits.empty())
    return true;
  return ex.rules && ex.rules->admits_anonymous() &&
         (needs == scope::token || has_introduced_itself(ex));
}

response refuse(const exchange& ex, const api_request* asked, action what, std::string_view where,
                bool beyond_token) {
  if (beyond_token)
    return challenge(ex, asked, "insufficient_scope");
  if (can_log_in(ex) && ex.who().anonymous)
    return challenge(ex, asked, has_introduced_itself(ex) ? "insufficient_scope" : "");
  std::string detail{policy::to_string(what)};
  if (policy::is_in_repository(what))
    detail.append(" in ").append(where);
  return make_error_response(fail(errc::denied, detail));
}

} // namespace

std::optional<response> authorise(exchange& ex, const api_request* asked) {
  const auto needs = needed(asked);
  ex.rights.reset(); // of a former identity, if a response is made again
  if (needs == scope::none || (!ex.rules && ex.who().limits.empty()))
    return std::nullopt;
  ex.rights = ex.rules ? ex.rules->rights_of(ex.who()) : policy::rights{ex.who()};
  const auto what = action_of(needs);
  if (!what)
    return is_admitted(ex, needs) ? std::nullopt : std::optional{challenge(ex, asked)};
  const auto decide = [&](action does, std::string_view where) -> std::optional<response> {
    const auto made = ex.rights->decide(does, where);
    return made.allowed ? std::nullopt
                        : std::optional{refuse(ex, asked, does, where, made.beyond_token)};
  };
  auto refused = decide(*what, is_in_repository(*what) ? repository_in(asked) : std::string_view{});
  if (const auto also = further(asked); !refused && also.where && !also.is_optional)
    refused = decide(action_of(also.needs).value(), also.where->to_string());
  return refused;
}

response challenge(const exchange& ex, const api_request* asked, std::string_view reason) {
  auto reply = make_error_response(fail(errc::unauthorized));
  if (!ex.server.login)
    reply.set("WWW-Authenticate", certificate_challenge);
  else if (offers_tokens(ex, needed(asked)))
    reply.set("WWW-Authenticate", bearer_challenge(ex, asked, reason));
  else
    reply.set("WWW-Authenticate", ex.server.login->challenge());
  return reply;
}

bool may_pull(const exchange& ex, const repository_name& repository) {
  return !ex.rights || ex.rights->may(action::pull, repository.to_string());
}

bool may_pull_everywhere(const exchange& ex) {
  return !ex.rights || ex.rights->may_everywhere(action::pull);
}

} // namespace gantry::api
