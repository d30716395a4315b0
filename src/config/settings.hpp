// All settings of `gantry serve`, as one value.
#pragma once

#include "domain/quota.hpp"
#include "domain/validation.hpp"
#include "retention/rule.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry::config {

enum class access_log : std::uint8_t { off, text, json };

enum class log_formatter : std::uint8_t { text, json };

/// The least severe lines of the server's own log.
enum class log_level : std::uint8_t { error, warn, info, debug };

/// Who may steer the registry as a test double: no client, those on the same machine, or all.
enum class control : std::uint8_t { off, loopback, any };

/// What clients without credentials are asked for: a password, a token, or what fits the policy.
enum class challenge : std::uint8_t { automatic, basic, bearer };
/// Whether a client may come without a certificate.
enum class client_certificates : std::uint8_t { if_given, required };

/// Which name in a certificate is the user.
enum class certificate_name : std::uint8_t { common, dns, email, uri };

/// The oldest version of TLS that is spoken.
enum class tls_version : std::uint8_t { tls1_2, tls1_3 };

/// Which recorded request a request must equal: the next one, or any that has its answer left.
enum class replay_order : std::uint8_t { strict, loose };

/// How the events of a webhook are written.
enum class event_format : std::uint8_t { distribution, cloudevents };

/// A server that is told of changes: an item of `notifications.endpoints`. Its keys are in
/// `endpoints.hpp`; the defaults are here.
struct webhook {
  std::string name = {};
  bool disabled = false;
  std::string url = {};
  /// Their values may be secrets. A name may repeat.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// An attempt takes at most this long.
  std::chrono::milliseconds timeout = std::chrono::seconds{1};
  /// Failures in a row until attempts get pauses.
  std::size_t threshold = 10;
  /// The first pause; the next ones are longer.
  std::chrono::milliseconds backoff = std::chrono::seconds{1};
  std::vector<std::string> ignored_media_types = {};
  std::vector<std::string> ignored_actions = {};
  event_format format = event_format::distribution;

  bool operator==(const webhook&) const = default;
};

/// Each member but `webhooks`, `quotas` and `retention_rules` has a row in the table (`table.hpp`),
/// which describes it. Its default is here; help and documentation show it.
struct settings {
  // The addresses and the number of threads.
  std::vector<std::string> addresses{"127.0.0.1:4775"};
  std::string prefix;
  /// Scheme and host; empty: as clients name them.
  std::string external_url;
  std::vector<std::string> trusted_proxies;
  /// They begin with a header of the PROXY protocol, version 2.
  bool proxy_protocol = false;
  bool relative_locations = true;
  std::vector<std::pair<std::string, std::string>> headers;
  access_log log = access_log::text;
  /// 0: one per core.
  std::size_t threads = 0;
  bool poll = true;
  bool separate_scheduler = false;
  /// Files in PEM; empty for plain HTTP.
  std::string tls_certificate;
  std::string tls_key;
  /// Further ones, `CERT:KEY`, for clients that name their hosts.
  std::vector<std::string> tls_certificates;
  tls_version tls_minimum = tls_version::tls1_2;
  /// By IANA's names; empty for all that are offered.
  std::vector<std::string> tls_cipher_suites;
  /// The program ends when it has had no request for this long; 0: never.
  std::chrono::milliseconds idle_exit{0};
  /// The program ends when this process does; 0: none.
  std::uint32_t parent_pid = 0;

  // Where content is stored. An empty folder means in memory.
  std::string folder;
  std::chrono::milliseconds wait_for_lock{0};
  /// Bytes. 0: half of the RAM.
  std::uint64_t memory_limit = 0;
  /// Empty: `true` in memory, `false` in a folder.
  std::string seed;
  bool allow_reset = true;
  control steered_by = control::loopback;
  /// The registry to imitate; empty for none.
  std::string profile;
  /// Shell patterns of repositories that exist before their first push.
  std::vector<std::string> profile_repositories;
  /// A file of faults that are set at startup; empty for none.
  std::string faults;
  /// A recorded session that answers instead of the content; empty for none.
  std::string replay;
  replay_order replayed_in = replay_order::loose;
  /// 0: none; the default in a folder.
  std::size_t journal_entries = 1000;

  // Who may do something. Without a file everybody may do everything.
  std::string htpasswd;
  std::string realm = "Registry";
  challenge asks = challenge::automatic;
  /// A token service of others; an empty issuer means none.
  std::string token_realm;
  std::string token_service;
  std::string token_issuer;
  std::vector<std::string> token_bundles;
  std::vector<std::string> token_key_sets;
  std::vector<std::string> token_algorithms;
  bool token_autoredirect = false;
  std::string token_autoredirect_path = "/auth/token";
  /// A file of issuers whose tokens stand for passwords; empty for none.
  std::string issuers;
  /// A file of personal access tokens; empty for none.
  std::string personal_tokens;
  /// Where the keys of tokens are kept. Empty: in the folder, or in memory.
  std::string token_keys;
  /// Files in PEM with the authorities of clients' certificates; empty for no such certificates.
  std::vector<std::string> tls_client_authorities;
  client_certificates tls_clients = client_certificates::required;
  certificate_name tls_client_user = certificate_name::common;
  /// A policy file; empty for none.
  std::string policy_file;

  // What an operator sees. An empty file or address means none.
  bool access_log_disabled = false;
  std::string access_log_file;
  std::string audit_file;
  log_formatter formatter = log_formatter::text;
  log_level level = log_level::warn;
  bool metrics = true;
  /// Where metrics and health are served alone.
  std::string debug_address;
  std::string metrics_path = "/metrics";
  std::vector<webhook> webhooks;

  // Which pushes and deletes are accepted. A limit of 0 means unlimited.
  bool lenient = false;
  validation_policy::references references = validation_policy::references::warn;
  bool read_only = false;
  bool allow_delete = true;
  bool referrers = true;
  std::vector<std::string> immutable_tags;
  std::uint64_t max_repositories = 0;
  /// Their keys are in `quotas.hpp`.
  std::vector<quota> quotas;
  /// Bytes.
  std::uint64_t max_blob_size = 0;
  std::size_t max_uploads = 20'000;
  std::size_t max_uploads_per_repository = 0;
  /// Bytes.
  std::uint64_t chunk_min_length = 0;
  std::chrono::milliseconds upload_expiry = std::chrono::hours{24};

  // Garbage collection and scrubbing. An interval of 0 means never.
  std::chrono::milliseconds gc_interval = std::chrono::hours{1};
  std::chrono::milliseconds gc_grace = std::chrono::hours{1};
  bool delete_untagged = false;
  std::chrono::milliseconds history_keep = std::chrono::hours{24 * 90};
  std::chrono::milliseconds undo_window{0};
  /// Bytes; 0: a tenth of what there is.
  std::uint64_t undo_space = 0;
  /// `retention::rules_key`, which only files and variables have.
  retention::rule_list retention_rules;
  std::chrono::milliseconds retention_interval{0};
  std::chrono::milliseconds blob_lease = std::chrono::hours{1};
  std::chrono::milliseconds scrub_interval{0};
  /// Bytes per second.
  std::uint64_t scrub_rate = 10 * 1024 * 1024;

  // Access by web pages.
  std::vector<std::string> cors_origins{"*"};
  std::vector<std::string> allowed_hosts;

  // Page sizes of lists.
  std::size_t page_default = 100;
  std::size_t page_max = 1000;
  bool page_strict = false;

  // Limits of connections.
  std::size_t max_connections = 20'000;
  /// 0: no limit.
  std::size_t max_connections_per_address = 0;
  std::vector<std::string> rates;
  /// Bytes.
  std::size_t max_in_flight = 256 * 1024 * 1024;
  std::chrono::milliseconds head_timeout = std::chrono::seconds{15};
  std::chrono::milliseconds idle_timeout = std::chrono::seconds{120};
  std::chrono::milliseconds body_timeout = std::chrono::seconds{30};
  /// Bytes per second.
  std::uint64_t min_body_rate = 512;
  std::chrono::milliseconds stall_timeout = std::chrono::minutes{15};
  std::chrono::milliseconds send_timeout = std::chrono::seconds{60};
  std::chrono::milliseconds drain_timeout = std::chrono::seconds{10};

  bool operator==(const settings&) const = default;

  /// How pushes are validated, from `lenient` and `references`.
  validation_policy validation() const noexcept {
    auto policy = lenient ? validation_policy::lenient() : validation_policy{};
    policy.reference = references;
    return policy;
  }
};

/// Immutable settings that are only replaced as a whole. Thread-safe.
using snapshot = std::shared_ptr<const settings>;

} // namespace gantry::config
