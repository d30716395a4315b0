// Passing settings to the layers.
#include "app/registry_options.hpp"

#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <tuple>

using namespace gantry;
using namespace gantry::app;

namespace {

auto members(const validation_policy& policy) {
  return std::tuple{policy.digest, policy.reference, policy.manifest};
}

auto members(const page_limits& pages) {
  return std::tuple{pages.default_limit, pages.max_limit, pages.refuse_excess};
}

/// The options that settings determine, here and below.
auto members(const http::options& http) {
  return std::tuple{http.max_connections,
                    http.max_connections_per_address,
                    http.trusted_proxies.empty(),
                    http.proxy_protocol,
                    http.head_timeout,
                    http.idle_timeout,
                    http.body_timeout,
                    http.stall_timeout,
                    http.min_body_rate,
                    http.send_timeout,
                    http.drain_timeout};
}

auto members(const api::options& api) {
  return std::tuple{members(api.validation),
                    members(api.pages),
                    api.prefix,
                    api.external_url,
                    api.trusted_proxies.empty(),
                    api.rates,
                    api.headers,
                    api.absolute_locations,
                    api.cors_origins,
                    api.allowed_hosts,
                    api.user_in_certificate,
                    api.read_only,
                    api.allow_delete,
                    api.referrers,
                    api.allow_reset,
                    api.steered_by,
                    api.profile,
                    api.known_repositories.match("/x"),
                    api.journal_entries,
                    api.chunk_min_length,
                    api.max_in_flight};
}

auto members(const actor_options& actors) {
  return std::tuple{
    members(actors.validation), actors.uploads.max_size, actors.uploads.min_chunk,
    actors.max_uploads, actors.max_uploads_per_repository, actors.upload_expiry, actors.blob_lease,
    actors.gc_interval, actors.gc.grace, actors.gc.delete_untagged, actors.gc.history.keep,
    // None is as if it were off, for a registry that never had one.
    actors.gc.undo_window.value_or(std::chrono::milliseconds{0}), actors.gc.undo_space,
    actors.scrub_interval, actors.scrub_rate, actors.max_repositories, actors.immutable_tags};
}

auto members(const net::tls_options& tls) {
  std::string files;
  for (const auto& each : tls.certificates)
    files.append(each.chain).append(" ").append(each.key).append("\n");
  return std::tuple{files, tls.minimum, tls.cipher_suites, tls.client_authorities, tls.clients};
}

auto members(const auth::issuer& from) {
  return std::tuple{from.name, from.keys.jwk_sets, from.keys.bundles, from.keys.url,
                    from.algorithms == jose::algorithm_set::all()};
}

auto members(const registry_options& options) {
  return std::tuple{options.addresses,
                    options.threads,
                    options.data,
                    options.wait_for_lock,
                    options.memory_limit,
                    options.seed,
                    options.htpasswd,
                    options.realm,
                    options.token_service.realm,
                    options.token_service.path,
                    options.token_service.name,
                    options.token_service.is_at_host,
                    members(options.token_issuer),
                    options.issuers,
                    options.asks,
                    options.personal_tokens,
                    options.token_keys,
                    options.log,
                    options.faults,
                    options.replay,
                    options.replayed_in,
                    options.poll,
                    options.separate_scheduler,
                    options.watch_idle,
                    options.policy_file,
                    options.log_file,
                    options.audit_file,
                    options.style.level,
                    options.style.json,
                    options.metrics,
                    options.debug_address,
                    options.metrics_path,
                    options.retention_interval,
                    members(options.actors),
                    members(options.api),
                    members(options.http),
                    members(options.tls)};
}

/// A text that differs from every default.
std::string other_text(const config::row& setting) {
  const auto& holds = setting.holds;
  if (holds.is_switch())
    return holds.show(config::settings{}, holds) == "true" ? "false" : "true";
  if (!holds.choices.empty()) {
    const bool is_default = holds.show(config::settings{}, holds) == holds.choices.front();
    return std::string{is_default ? holds.choices.back() : holds.choices.front()};
  }
  if (holds.type == "SIZE")
    return "3MiB";
  if (holds.type == "DURATION")
    return "77s";
  if (holds.type == "NETWORK")
    return "10.0.0.0/8";
  if (holds.type == "RULE")
    return "address=7/s";
  if (holds.type == "'NAME: VALUE'")
    return "X-A: b";
  if (holds.type == "ALGORITHM")
    return "ES256";
  if (holds.type == "CERT:KEY")
    return "/x:/y";
  return holds.type == "N" ? "7" : "/x";
}

} // namespace

BOOST_AUTO_TEST_SUITE(registry_options)

BOOST_AUTO_TEST_CASE(default_settings_equal_the_defaults_of_the_layers) {
  const auto made = options_of({});
  BOOST_CHECK(members(made.http) == members(http::options{}));
  BOOST_CHECK(members(made.api) == members(api::options{}));
  BOOST_CHECK(members(made.actors) == members(actor_options{}));
  BOOST_TEST(made.addresses == app::registry_options{}.addresses);
  BOOST_CHECK(made.log == telemetry::log_format::text);
}

BOOST_AUTO_TEST_CASE(every_setting_reaches_a_layer) {
  for (const auto& setting : config::table())
    BOOST_TEST_CONTEXT(setting.key) {
      if (setting.key == "gantry.exit.parent")
        continue; // only the program has a parent
      config::settings changed;
      setting.holds.read(changed, other_text(setting), setting.holds);
      BOOST_CHECK(members(options_of(changed)) != members(options_of({})));
    }
}

BOOST_AUTO_TEST_CASE(webhooks_reach_their_layer) {
  BOOST_CHECK(options_of({}).webhooks.empty());
  config::settings chosen;
  chosen.webhooks.push_back({.name = "one", .url = "http://h/"});
  const webhooks::endpoint usual{.name = "one", .url = "http://h/"};
  BOOST_CHECK(options_of(chosen).webhooks.at(0) == usual);
  chosen.webhooks[0] = {.name = "one",
                        .disabled = true,
                        .url = "http://h/",
                        .headers = {{"A", "b"}},
                        .timeout = std::chrono::seconds{2},
                        .threshold = 3,
                        .backoff = std::chrono::seconds{4},
                        .ignored_media_types = {"a/b"},
                        .ignored_actions = {"pull"},
                        .format = config::event_format::cloudevents};
  const webhooks::endpoint other{.name = "one",
                                 .disabled = true,
                                 .url = "http://h/",
                                 .headers = {{"A", "b"}},
                                 .timeout = std::chrono::seconds{2},
                                 .threshold = 3,
                                 .backoff = std::chrono::seconds{4},
                                 .ignored_media_types = {"a/b"},
                                 .ignored_actions = {"pull"},
                                 .written_as = webhooks::format::cloudevents};
  BOOST_CHECK(options_of(chosen).webhooks.at(0) == other);
}

BOOST_AUTO_TEST_CASE(rules_of_retention_reach_the_registry) {
  BOOST_CHECK(options_of({}).retention_rules.empty());
  config::settings chosen;
  chosen.retention_rules.push_back({.name = "old", .line = 7});
  chosen.retention_rules[0].keep.last_pushed = 3;
  BOOST_CHECK(options_of(chosen).retention_rules == chosen.retention_rules);
}

BOOST_AUTO_TEST_CASE(reloadable_settings_reach_only_requests) {
  auto replaceable = 0;
  for (const auto& setting : config::table())
    if (setting.reloadable)
      BOOST_TEST_CONTEXT(setting.key) {
        ++replaceable;
        config::settings changed;
        setting.holds.read(changed, other_text(setting), setting.holds);
        auto made = options_of(changed);
        BOOST_CHECK(members(made) != members(options_of({})));
        const auto before = options_of({});
        BOOST_CHECK(members(app::replaced(before.api, made.api)) == members(made.api));
        made.api = {};
        BOOST_CHECK(members(made) == members(before));
      }
  BOOST_TEST(replaceable > 0);
}

BOOST_AUTO_TEST_CASE(what_a_running_registry_cannot_change_is_left_alone) {
  for (const auto& setting : config::table())
    if (!setting.reloadable)
      BOOST_TEST_CONTEXT(setting.key) {
        config::settings changed;
        setting.holds.read(changed, other_text(setting), setting.holds);
        const auto before = options_of({}).api;
        BOOST_CHECK(members(app::replaced(before, options_of(changed).api)) == members(before));
      }
}

BOOST_AUTO_TEST_SUITE_END()
