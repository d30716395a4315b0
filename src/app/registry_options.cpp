#include "app/registry_options.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace gantry::app {

namespace {

telemetry::log_format format_of(config::access_log log) {
  switch (log) {
  case config::access_log::off: return telemetry::log_format::off;
  case config::access_log::text: return telemetry::log_format::text;
  case config::access_log::json: return telemetry::log_format::json;
  }
  return telemetry::log_format::off;
}

telemetry::log_format access_format_of(const config::settings& chosen) {
  if (chosen.access_log_disabled)
    return telemetry::log_format::off;
  const auto own = format_of(chosen.log);
  const bool json = chosen.formatter == config::log_formatter::json;
  return own == telemetry::log_format::text && json ? telemetry::log_format::json : own;
}

telemetry::log_level level_of(config::log_level level) {
  switch (level) {
  case config::log_level::error: return telemetry::log_level::error;
  case config::log_level::warn: return telemetry::log_level::warn;
  case config::log_level::info: return telemetry::log_level::info;
  case config::log_level::debug: return telemetry::log_level::debug;
  }
  return telemetry::log_level::warn;
}

api::control control_of(config::control who) {
  switch (who) {
  case config::control::off: return api::control::off;
  case config::control::loopback: return api::control::loopback;
  case config::control::any: return api::control::any;
  }
  return api::control::off;
}

auth::asked_for asked_of(config::challenge chosen) {
  switch (chosen) {
  case config::challenge::automatic: return auth::asked_for::automatic;
  case config::challenge::basic: return auth::asked_for::password;
  case config::challenge::bearer: return auth::asked_for::token;
  }
  return auth::asked_for::automatic;
}

auth::token_service service_of(const config::settings& chosen) {
  return {.realm = chosen.token_realm,
          .is_at_host = chosen.token_autoredirect,
          .path = chosen.token_autoredirect_path,
          .name = chosen.token_service};
}

/// Throws std::invalid_argument.
jose::algorithm_set algorithms_of(const config::settings& chosen) {
  if (chosen.token_algorithms.empty())
    return jose::algorithm_set::all();
  jose::algorithm_set made;
  for (const auto& name : chosen.token_algorithms)
    try {
      made.add(auth::read_algorithm(name));
    } catch (const std::invalid_argument& wrong) {
      throw std::invalid_argument{std::string{"--token-algorithm "} + wrong.what()};
    }
  return made;
}

auth::issuer issuer_of(const config::settings& chosen) {
  auth::issuer made{.name = chosen.token_issuer, .audiences = {chosen.token_service}};
  made.keys.bundles = chosen.token_bundles;
  for (const auto& place : chosen.token_key_sets)
    made.keys.add(place);
  made.algorithms = algorithms_of(chosen);
  made.grants_access = true;
  return made;
}

replay::order order_of(config::replay_order kept) {
  switch (kept) {
  case config::replay_order::strict: return replay::order::strict;
  case config::replay_order::loose: return replay::order::loose;
  }
  return replay::order::loose;
}

api::certificate_name name_of(config::certificate_name user) {
  switch (user) {
  case config::certificate_name::common: return api::certificate_name::common;
  case config::certificate_name::dns: return api::certificate_name::dns;
  case config::certificate_name::email: return api::certificate_name::email;
  case config::certificate_name::uri: return api::certificate_name::uri;
  }
  return api::certificate_name::common;
}

actor_options actors_of(const config::settings& chosen) {
  actor_options actors;
  actors.validation = chosen.validation();
  actors.uploads = {chosen.max_blob_size, chosen.chunk_min_length};
  actors.max_uploads = chosen.max_uploads;
  actors.max_uploads_per_repository = chosen.max_uploads_per_repository;
  actors.upload_expiry = chosen.upload_expiry;
  actors.blob_lease = chosen.blob_lease;
  actors.gc_interval = chosen.gc_interval;
  actors.gc = collection_policy_of(chosen);
  actors.scrub_interval = chosen.scrub_interval;
  actors.scrub_rate = chosen.scrub_rate;
  actors.max_repositories = chosen.max_repositories;
  actors.immutable_tags = chosen.immutable_tags;
  return actors;
}

api::options api_of(const config::settings& chosen) {
  api::options api;
  api.validation = chosen.validation();
  api.pages = {chosen.page_default, chosen.page_max, chosen.page_strict};
  api.prefix = chosen.prefix;
  api.external_url = chosen.external_url;
  api.trusted_proxies = net::networks{chosen.trusted_proxies};
  for (const auto& rule : chosen.rates)
    api.rates.push_back(limits::parse_rate_rule(rule));
  api.headers = chosen.headers;
  api.absolute_locations = !chosen.relative_locations;
  api.cors_origins = chosen.cors_origins;
  api.allowed_hosts = chosen.allowed_hosts;
  api.user_in_certificate = name_of(chosen.tls_client_user);
  api.read_only = chosen.read_only;
  api.allow_delete = chosen.allow_delete;
  api.referrers = chosen.referrers;
  api.allow_reset = chosen.allow_reset;
  api.steered_by = control_of(chosen.steered_by);
  api.profile = profiles::find(chosen.profile);
  api.known_repositories = tag_patterns{chosen.profile_repositories};
  api.journal_entries = chosen.journal_entries;
  api.chunk_min_length = chosen.chunk_min_length;
  api.max_in_flight = chosen.max_in_flight;
  return api;
}

http::options http_of(const config::settings& chosen) {
  http::options http;
  http.max_connections = chosen.max_connections;
  http.max_connections_per_address = chosen.max_connections_per_address;
  http.trusted_proxies = net::networks{chosen.trusted_proxies};
  http.proxy_protocol = chosen.proxy_protocol;
  http.head_timeout = chosen.head_timeout;
  http.idle_timeout = chosen.idle_timeout;
  http.body_timeout = chosen.body_timeout;
  http.stall_timeout = chosen.stall_timeout;
  http.min_body_rate = chosen.min_body_rate;
  http.send_timeout = chosen.send_timeout;
  http.drain_timeout = chosen.drain_timeout;
  return http;
}

net::client_certificates clients_of(config::client_certificates asked) {
  switch (asked) {
  case config::client_certificates::if_given: return net::client_certificates::if_given;
  case config::client_certificates::required: return net::client_certificates::required;
  }
  return net::client_certificates::required;
}

net::tls_version version_of(config::tls_version minimum) {
  switch (minimum) {
  case config::tls_version::tls1_2: return net::tls_version::tls1_2;
  case config::tls_version::tls1_3: return net::tls_version::tls1_3;
  }
  return net::tls_version::tls1_3;
}

net::tls_options tls_of(const config::settings& chosen) {
  const auto& certificate = chosen.tls_certificate;
  const auto& key = chosen.tls_key;
  net::tls_options tls;
  if (!certificate.empty() || !key.empty())
    tls.certificates.push_back({certificate, key});
  for (const auto& pair : chosen.tls_certificates) {
    const auto colon = pair.find(':');
    tls.certificates.push_back({pair.substr(0, colon), pair.substr(colon + 1)});
  }
  tls.minimum = version_of(chosen.tls_minimum);
  tls.cipher_suites = chosen.tls_cipher_suites;
  tls.client_authorities = chosen.tls_client_authorities;
  tls.clients = clients_of(chosen.tls_clients);
  return tls;
}

webhooks::format format_of(config::event_format chosen) {
  switch (chosen) {
  case config::event_format::distribution: return webhooks::format::distribution;
  case config::event_format::cloudevents: return webhooks::format::cloudevents;
  }
  return webhooks::format::distribution;
}

webhooks::endpoint endpoint_of(const config::webhook& chosen) {
  return {.name = chosen.name,
          .disabled = chosen.disabled,
          .url = chosen.url,
          .headers = chosen.headers,
          .timeout = chosen.timeout,
          .threshold = chosen.threshold,
          .backoff = chosen.backoff,
          .ignored_media_types = chosen.ignored_media_types,
          .ignored_actions = chosen.ignored_actions,
          .written_as = format_of(chosen.format)};
}

} // namespace

gc_policy collection_policy_of(const config::settings& chosen) {
  gc_policy policy{.grace = chosen.gc_grace,
                   .upload_expiry = chosen.upload_expiry,
                   .delete_untagged = chosen.delete_untagged,
                   .undo_window = chosen.undo_window};
  // An undo needs to know what happened.
  policy.history.keep = std::max(chosen.history_keep, chosen.undo_window);
  if (chosen.undo_space != 0)
    policy.undo_space = chosen.undo_space;
  return policy;
}

api::options replaced(const api::options& running, const api::options& next) {
  auto made = running;
  made.pages = next.pages;
  made.headers = next.headers;
  made.absolute_locations = next.absolute_locations;
  made.cors_origins = next.cors_origins;
  made.allowed_hosts = next.allowed_hosts;
  made.read_only = next.read_only;
  made.allow_delete = next.allow_delete;
  made.referrers = next.referrers;
  return made;
}

registry_options options_of(const config::settings& chosen) {
  registry_options options;
  options.addresses = chosen.addresses;
  options.threads = chosen.threads;
  options.data = chosen.folder;
  options.wait_for_lock = chosen.wait_for_lock;
  options.memory_limit = chosen.memory_limit;
  options.seed = chosen.seed;
  options.htpasswd = chosen.htpasswd;
  options.realm = chosen.realm;
  options.asks = asked_of(chosen.asks);
  options.token_service = service_of(chosen);
  options.token_issuer = issuer_of(chosen);
  options.issuers = chosen.issuers;
  options.personal_tokens = chosen.personal_tokens;
  options.token_keys = chosen.token_keys;
  options.policy_file = chosen.policy_file;
  options.log = access_format_of(chosen);
  options.log_file = chosen.access_log_file;
  options.audit_file = chosen.audit_file;
  options.style = {level_of(chosen.level), chosen.formatter == config::log_formatter::json};
  options.metrics = chosen.metrics;
  options.debug_address = chosen.debug_address;
  options.metrics_path = chosen.metrics_path;
  options.faults = chosen.faults;
  options.replay = chosen.replay;
  options.replayed_in = order_of(chosen.replayed_in);
  options.poll = chosen.poll;
  options.separate_scheduler = chosen.separate_scheduler;
  options.watch_idle = chosen.idle_exit.count() > 0;
  options.actors = actors_of(chosen);
  options.api = api_of(chosen);
  options.http = http_of(chosen);
  options.tls = tls_of(chosen);
  options.quotas = chosen.quotas;
  for (const auto& each : chosen.webhooks)
    options.webhooks.push_back(endpoint_of(each));
  options.retention_rules = chosen.retention_rules;
  options.retention_interval = chosen.retention_interval;
  return options;
}

} // namespace gantry::app
