// Tokens of issuers outside, for the tests of what they open.
#pragma once

#include "e2e/policy_registry.hpp"
#include "support/registry_fixture.hpp"
#include "support/token_maker.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace gantry::test {

namespace json = boost::json;

inline constexpr const char* issuer_name = "https://auth.example";
inline constexpr const char* service_name = "registry.example";

inline std::int64_t in_seconds(std::int64_t span) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count() + span;
}

inline json::object grant(const std::string& repository, const json::array& actions) {
  return {{"type", "repository"}, {"name", repository}, {"actions", actions}};
}

inline json::object claims_of(const std::string& user, const json::array& access) {
  return {
    {"iss", issuer_name},     {"aud", service_name},    {"sub", user}, {"exp", in_seconds(300)},
    {"nbf", in_seconds(-10)}, {"iat", in_seconds(-10)}, {"jti", "1"},  {"access", access}};
}

inline json::object changed(json::object claims, const std::string& name,
                            const json::value& value) {
  claims[name] = value;
  return claims;
}

/// A registry that lets in who brings a token of an issuer (`iss`) in docker's format.
inline void trust_service(app::registry_options& settings, const std::string& key_set) {
  settings.token_service = {.realm = "https://auth.example/token", .name = service_name};
  settings.token_issuer = {.name = issuer_name, .audiences = {service_name}, .grants_access = true};
  settings.token_issuer.keys.jwk_sets = {key_set};
}

} // namespace gantry::test
