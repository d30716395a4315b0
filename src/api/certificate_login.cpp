#include "api/certificate_login.hpp"

#include "api/authorisation.hpp"
#include "api/responses.hpp"
#include "auth/outcome.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::api {

namespace {

std::string first_of(const std::vector<std::string>& names) {
  return names.empty() ? std::string{} : names.front();
}

std::string user_in(const net::peer_certificate& shown, certificate_name user) {
  switch (user) {
  case certificate_name::common: return shown.common_name;
  case certificate_name::dns: return first_of(shown.dns_names);
  case certificate_name::email: return first_of(shown.emails);
  case certificate_name::uri: return first_of(shown.uris);
  }
  return {};
}

} // namespace

bool can_log_in(const exchange& ex) noexcept {
  return ex.server.login || ex.settings->certificates_log_in;
}

std::optional<policy::subject> subject_of(const net::peer_certificate& shown, certificate_name user,
                                          std::chrono::system_clock::time_point now) {
  auto name = user_in(shown, user);
  if (name.empty() || shown.has_bad_name || shown.valid_until < now)
    return std::nullopt;
  auto who = policy::subject::user_named(std::move(name));
  who.groups = shown.organisations;
  const auto claim = [&who](std::string_view called, const std::vector<std::string>& values) {
    if (!values.empty())
      who.claims.emplace(called, values);
  };
  claim("dns", shown.dns_names);
  claim("email", shown.emails);
  claim("uri", shown.uris);
  claim("ou", shown.organisational_units);
  return who;
}

bool shows_certificate(const exchange& ex) noexcept {
  return ex.settings->certificates_log_in && ex.peer.certificate();
}

std::optional<response> take_certificate(exchange& ex, const api_request* asked) {
  const auto& shown = *ex.peer.certificate();
  auto who = subject_of(shown, ex.settings->user_in_certificate, std::chrono::system_clock::now());
  if (!who) {
    ex.server.count_login(auth::verdict::refused);
    ex.refused_user = "certificate " + shown.fingerprint;
    return challenge(ex, asked);
  }
  ex.server.count_login(auth::verdict::accepted);
  ex.identity = std::make_shared<const auth::identity>(auth::identity{.who = std::move(*who)});
  return std::nullopt;
}

} // namespace gantry::api
