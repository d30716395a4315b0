#include "app/openings.hpp"

#include "app/limits.hpp"
#include "storage/disk/engine.hpp"
#include "storage/memory/engine.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <utility>

namespace gantry::app {

namespace {

/// How often deadlines are looked at: a quarter of the shortest, half of the patience with
/// connections that hold what others wait for.
std::chrono::milliseconds watch_interval(const registry_options& settings) {
  using std::chrono::milliseconds;
  const auto& http = settings.http;
  const auto& api = settings.api;
  const auto shortest = std::min({http.head_timeout, http.idle_timeout, http.stall_timeout,
                                  http.send_timeout, api.ask_timeout, api.in_flight_timeout});
  return std::clamp(std::min(shortest / 4, api.in_flight_patience / 2), milliseconds{10},
                    milliseconds{1000});
}

/// Null if there are none.
std::unique_ptr<auth::trusted_issuers> open_issuers(const registry_options& settings) {
  auth::trusted_issuers::sources from{.file = settings.issuers, .fetch = settings.fetch};
  if (!settings.token_issuer.name.empty())
    from.fixed.push_back(settings.token_issuer);
  if (from.fixed.empty() && from.file.empty())
    return nullptr;
  return std::make_unique<auth::trusted_issuers>(std::move(from));
}

std::unique_ptr<auth::key_ring> open_token_keys(const registry_options& settings) {
  if (!settings.token_keys.empty())
    return std::make_unique<auth::key_ring>(settings.token_keys);
  if (settings.data.empty())
    return std::make_unique<auth::key_ring>();
  return std::make_unique<auth::key_ring>(std::filesystem::path{settings.data} / "token.keys");
}

} // namespace

registry_options complete(registry_options settings) {
  if (settings.threads == 0)
    settings.threads = usable_cores();
  settings.actors.digesters = settings.threads;
  // With a single thread there is no other core that could hash what comes meanwhile; only what is
  // hashed as a whole must not hold up the others.
  if (settings.threads == 1)
    settings.actors.hash_beside = std::numeric_limits<std::uint64_t>::max();
  if (settings.memory_limit == 0)
    settings.memory_limit = physical_memory() / 2;
  if (settings.seed.empty())
    settings.seed = settings.data.empty() ? "true" : "false";
  settings.api.validation = settings.actors.validation;
  settings.api.certificates_log_in = !settings.tls.client_authorities.empty();
  if (settings.api.steered_by == api::control::off)
    settings.api.journal_entries = 0; // none could read it
  // Expired uploads go soon after their time, even if that is short.
  settings.actors.collect_interval = std::clamp<std::chrono::milliseconds>(
    settings.actors.upload_expiry / 4, std::chrono::milliseconds{50},
    settings.actors.collect_interval);
  settings.actors.uploads.min_chunk = settings.api.chunk_min_length;
  settings.http.watch_interval = watch_interval(settings);
  return settings;
}

std::shared_ptr<adjustable_clock> make_clock(const registry_options& settings) {
  return settings.data.empty() ? std::make_shared<adjustable_clock>() : nullptr;
}

std::unique_ptr<net::tls_identity> make_identity(const net::tls_options& settings) {
  if (settings.certificates.empty() && !settings.client_authorities.empty())
    throw std::invalid_argument{"authorities of clients need a certificate of the server: name it "
                                "with --tls-cert (http.tls.certificate)"};
  if (settings.certificates.empty())
    return nullptr;
  const auto& first = settings.certificates.front();
  if (first.key.empty())
    throw std::invalid_argument{"the certificate " + first.chain +
                                " lacks its key: name that file with --tls-key (http.tls.key)"};
  if (first.chain.empty())
    throw std::invalid_argument{
      "the key " + first.key +
      " lacks its certificate: name that file with --tls-cert (http.tls.certificate)"};
  return std::make_unique<net::tls_identity>(settings);
}

std::shared_ptr<quota_ledger> make_ledger(const std::vector<quota>& quotas) {
  if (quotas.empty())
    return nullptr;
  return std::make_shared<quota_ledger>(quotas, [](const quota_crossing& what) {
    telemetry::log().warn("the quota {} has reached {} %: {} of {} {} are in use", what.name,
                          what.percent, what.used, what.limit,
                          what.part == quota_part::bytes ? "bytes" : "tags");
  });
}

std::unique_ptr<telemetry::tracer> make_tracer(const otlp::settings& settings) {
  if (!settings.is_on())
    return nullptr;
  return std::make_unique<telemetry::tracer>(settings.which, settings.limits);
}

namespace {

std::unique_ptr<storage_engine> open_own(const registry_options& settings,
                                         const std::shared_ptr<adjustable_clock>& clock,
                                         const std::shared_ptr<quota_ledger>& quotas) {
  if (settings.data.empty()) {
    storage::memory_options options;
    options.limit = settings.memory_limit;
    options.hold_at_most = longest_hold(settings.actors);
    options.now = [clock] { return clock->now(); };
    options.quotas = quotas;
    return storage::make_memory_engine(options);
  }
  storage::disk_options options;
  options.folder = settings.data;
  options.wait_for_lock = {settings.wait_for_lock, settings.stop_asked};
  options.restart_hold = settings.actors.blob_lease;
  options.hold_at_most = longest_hold(settings.actors);
  options.quotas = quotas;
  return storage::open_disk_engine(std::move(options));
}

} // namespace

std::unique_ptr<storage_engine> open_engine(const registry_options& settings,
                                            const std::shared_ptr<adjustable_clock>& clock,
                                            const std::shared_ptr<quota_ledger>& quotas) {
  auto own = open_own(settings, clock, quotas);
  return settings.around_engine ? settings.around_engine(std::move(own)) : std::move(own);
}

std::unique_ptr<telemetry::access_logger> open_access_log(const registry_options& settings) {
  if (settings.log_file.empty())
    return std::make_unique<telemetry::access_logger>(settings.log);
  return std::make_unique<telemetry::access_logger>(settings.log, settings.log_file);
}

std::unique_ptr<auth::login> open_login(const registry_options& settings) {
  auth::login::ways in;
  if (!settings.htpasswd.empty())
    in.passwords = std::make_unique<auth::password_login>(settings.htpasswd);
  if (!settings.personal_tokens.empty())
    in.personal = std::make_unique<auth::personal_tokens>(settings.personal_tokens);
  in.issuers = open_issuers(settings);
  if (!in.passwords && !in.personal && !in.issuers)
    return nullptr;
  auth::login_options options{.realm = settings.realm, .asks = settings.asks};
  if (!settings.token_issuer.name.empty())
    options.service = settings.token_service;
  return std::make_unique<auth::login>(std::move(in), open_token_keys(settings),
                                       std::move(options));
}

std::unique_ptr<auth::policy_file> open_policy(const std::string& file) {
  try {
    return std::make_unique<auth::policy_file>(file);
  } catch (const std::runtime_error& wrong) {
    throw std::runtime_error{std::string{"--policy "} + wrong.what()};
  }
}

} // namespace gantry::app
