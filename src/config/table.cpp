#include "config/table.hpp"

#include "config/kinds.hpp"
#include "profiles/profile.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::config {

namespace {

using references = validation_policy::references;
using std::chrono::milliseconds;

constexpr std::string_view own_keys = "gantry.";
constexpr milliseconds never{0};
constexpr bounds positive_size{1, any_size.most};
constexpr bounds page_size{1, 1'000'000};
constexpr std::string_view on = "true";
constexpr std::string_view off = "false";

constexpr std::array<choice_row<access_log>, 3> log_names{
  {{"json", access_log::json}, {"off", access_log::off}, {"text", access_log::text}}};

constexpr std::array<choice_row<references>, 3> reference_names{
  {{"accept", references::accept}, {"reject", references::reject}, {"warn", references::warn}}};

constexpr std::array<choice_row<challenge>, 3> challenge_names{
  {{"auto", challenge::automatic}, {"basic", challenge::basic}, {"bearer", challenge::bearer}}};

constexpr std::array<choice_row<control>, 3> control_names{
  {{"any", control::any}, {"loopback", control::loopback}, {"off", control::off}}};

constexpr std::array<choice_row<replay_order>, 2> order_names{
  {{"loose", replay_order::loose}, {"strict", replay_order::strict}}};

constexpr std::array<choice_row<tls_version>, 2> tls_names{
  {{"tls1.2", tls_version::tls1_2}, {"tls1.3", tls_version::tls1_3}}};

constexpr std::array<choice_row<client_certificates>, 2> client_names{
  {{"require-and-verify-client-cert", client_certificates::required},
   {"verify-client-cert-if-given", client_certificates::if_given}}};

constexpr std::array<choice_row<certificate_name>, 4> user_names{
  {{"cn", certificate_name::common},
   {"dns", certificate_name::dns},
   {"email", certificate_name::email},
   {"uri", certificate_name::uri}}};

constexpr std::array<choice_row<log_formatter>, 3> formatter_names{
  {{"json", log_formatter::json},
   {"logstash", log_formatter::json},
   {"text", log_formatter::text}}};

constexpr std::array<choice_row<log_level>, 4> level_names{{{"debug", log_level::debug},
                                                            {"error", log_level::error},
                                                            {"info", log_level::info},
                                                            {"warn", log_level::warn}}};

constexpr value or_empty(value holds) {
  holds.may_be_empty = true;
  return holds;
}

/// A list that a file writes as a map.
constexpr value as_map(value holds) {
  holds.is_map = true;
  return holds;
}

/// Without what distribution has besides, because that verifies nothing.
constexpr value verified_clients() {
  auto holds = choice<&settings::tls_clients, client_names>();
  holds.read = [](settings& into, std::string_view text, const value& self) {
    refuse_unverified(text);
    choice<&settings::tls_clients, client_names>().read(into, text, self);
  };
  return holds;
}

constexpr row rows[] = {
  {.key = "auth.htpasswd.path",
   .flag = "--htpasswd",
   .holds = text<&settings::htpasswd>("FILE"),
   .section = group::users,
   .help =
     "let only the users of this htpasswd file (bcrypt) in; it is read again when it changes, "
     "and may appear later: until then all are refused",
   .fallback = "none: everybody may do everything"},
  {.key = "auth.htpasswd.realm",
   .flag = "--realm",
   .holds = text<&settings::realm>("TEXT"),
   .section = group::users,
   .help = "the name of the registry in the question for a password"},
  {.key = "auth.token.autoredirect",
   .flag = "--token-autoredirect",
   .holds = toggle<&settings::token_autoredirect>(on),
   .section = group::users,
   .help = "send clients for a token to the host that they have asked, at the path of "
           "auth.token.autoredirectpath, instead of the realm"},
  {.key = "auth.token.autoredirectpath",
   .flag = "--token-autoredirect-path",
   .holds = text<&settings::token_autoredirect_path>("PATH"),
   .section = group::users,
   .help = "that path"},
  {.key = "auth.token.issuer",
   .flag = "--token-issuer",
   .holds = text<&settings::token_issuer>("TEXT"),
   .section = group::users,
   .help = "let in who brings a token of this issuer (iss), which says what it allows",
   .fallback = "none"},
  {.key = "auth.token.jwks",
   .flag = "--token-jwks",
   .holds = list<&settings::token_key_sets>("FILE", ','),
   .section = group::users,
   .help = "the keys of that issuer: a file of a JWK Set, or its URL; may be repeated",
   .fallback = "none"},
  {.key = "auth.token.realm",
   .flag = "--token-realm",
   .holds = text<&settings::token_realm>("URL"),
   .section = group::users,
   .help = "where clients get its tokens",
   .fallback = "none"},
  {.key = "auth.token.rootcertbundle",
   .flag = "--token-certs",
   .holds = list<&settings::token_bundles>("FILE", ','),
   .section = group::users,
   .help = "the keys of that issuer: a file of certificates or public keys (PEM); may be repeated",
   .fallback = "none"},
  {.key = "auth.token.service",
   .flag = "--token-service",
   .holds = text<&settings::token_service>("TEXT"),
   .section = group::users,
   .help = "what that issuer calls this registry (aud)",
   .fallback = "none"},
  {.key = "auth.token.signingalgorithms",
   .flag = "--token-algorithm",
   .holds = list<&settings::token_algorithms>("ALGORITHM", ','),
   .section = group::users,
   .help = "accept tokens that are signed in this way; may be repeated",
   .fallback = "RS256, RS384, RS512, ES256, ES384, EdDSA"},
  {.key = "catalog.maxentries",
   .flag = "--page-max",
   .holds = count<&settings::page_max>(page_size),
   .section = group::lists,
   .help = "the most entries of a list; a larger n is lowered to it",
   .reloadable = true},
  {.key = "gantry.accesslog.file",
   .flag = "--access-log-file",
   .holds = text<&settings::access_log_file>("FILE"),
   .section = group::monitoring,
   .help = "append the access log to this file; SIGUSR1 opens it again",
   .fallback = "stdout"},
  {.key = "gantry.accesslog.format",
   .flag = "--access-log",
   .holds = choice<&settings::log, log_names>(),
   .section = group::monitoring,
   .help = "one line per request on stdout, as text or JSON"},
  {.key = "gantry.audit.file",
   .flag = "--audit-log",
   .holds = text<&settings::audit_file>("FILE"),
   .section = group::monitoring,
   .help = "append a line of JSON to this file for each push, delete, control and login; SIGUSR1 "
           "opens it again",
   .fallback = "none"},
  {.key = "gantry.auth.challenge",
   .flag = "--auth-challenge",
   .holds = choice<&settings::asks, challenge_names>(),
   .section = group::users,
   .help =
     "ask clients without credentials for a password (basic), or for a token of this registry "
     "(bearer); auto is bearer if the policy allows something without a password"},
  {.key = "gantry.auth.issuers",
   .flag = "--issuers",
   .holds = text<&settings::issuers>("FILE"),
   .section = group::users,
   .help =
     "let workloads in that bring an identity token of an issuer in this file (YAML) as their "
     "password; it is read again when it changes",
   .fallback = "none"},
  {.key = "gantry.auth.tokenkeys",
   .flag = "--token-keys",
   .holds = text<&settings::token_keys>("FILE"),
   .section = group::users,
   .help = "keep the keys of tokens in this file, so that tokens outlive the server; it is made if "
           "it is absent",
   .fallback = "token.keys in the data folder; in memory without one"},
  {.key = "gantry.auth.tokens",
   .flag = "--personal-tokens",
   .holds = text<&settings::personal_tokens>("FILE"),
   .section = group::users,
   .help =
     "let the personal access tokens of this file in (gantry token); it is read again when it "
     "changes, and may appear later",
   .fallback = "none"},
  {.key = "gantry.blobs.lease",
   .flag = "--blob-lease",
   .holds = duration<&settings::blob_lease>(),
   .section = group::upkeep,
   .help = "keep a blob that a push may rely on for this long; set it above the longest push"},
  {.key = "gantry.blobs.maxsize",
   .flag = "--max-blob-size",
   .holds = size<&settings::max_blob_size>(),
   .section = group::content,
   .help = "the most bytes of one blob; 0 = unlimited",
   .fallback = "unlimited"},
  {.key = "gantry.connections.max",
   .flag = "--max-connections",
   .holds = count<&settings::max_connections>({1, 10'000'000}),
   .section = group::connections,
   .help = "the most open connections; a further one replaces the longest-idle one"},
  {.key = "gantry.connections.peraddress",
   .flag = "--max-connections-per-address",
   .holds = count<&settings::max_connections_per_address>({0, 10'000'000}),
   .section = group::connections,
   .help = "the most open connections of one address, or of one /64 network of IPv6; a further one "
           "is reset; 0 = unlimited. Trusted proxies have no such limit",
   .fallback = "unlimited"},
  {.key = "gantry.control",
   .flag = "--control",
   .holds = choice<&settings::steered_by, control_names>(),
   .section = group::testing,
   .help =
     "who may inject faults and read recorded requests: clients on this machine, any, or none",
   .fallback = "loopback in memory, off with --data"},
  {.key = "gantry.cors.origins",
   .flag = "--cors-origin",
   .holds = or_empty(list<&settings::cors_origins>("ORIGIN", ',', form::origin)),
   .section = group::browsers,
   .help = "let web pages of this origin, such as http://localhost:3000, use the registry; may be "
           "repeated. * lets all other pages read, an empty text none",
   .fallback = "* in memory, none with --data",
   .reloadable = true},
  {.key = "gantry.exit.idle",
   .flag = "--idle-exit",
   .holds = duration<&settings::idle_exit>(never),
   .section = group::serving,
   .help = "stop when there has been no request for this long; 0 = never",
   .fallback = "never"},
  {.key = "gantry.exit.parent",
   .flag = "--parent-pid",
   .holds = count<&settings::parent_pid>({1, 4'194'304}),
   .section = group::serving,
   .help = "stop when the process with this number has ended",
   .fallback = "none"},
  {.key = "gantry.faults",
   .flag = "--faults",
   .holds = text<&settings::faults>("FILE"),
   .section = group::testing,
   .help = "inject the faults in this file of JSON at startup",
   .fallback = "none"},
  {.key = "gantry.gc.grace",
   .flag = "--gc-grace",
   .holds = duration<&settings::gc_grace>(never),
   .section = group::upkeep,
   .help = "keep garbage for this long before it is removed",
   .needs_folder = true},
  {.key = "gantry.gc.interval",
   .flag = "--gc-interval",
   .holds = duration<&settings::gc_interval>(never),
   .section = group::upkeep,
   .help = "collect garbage this often; 0 = only on request"},
  {.key = "gantry.gc.untagged",
   .flag = "--delete-untagged",
   .holds = toggle<&settings::delete_untagged>(on),
   .section = group::upkeep,
   .help = "collect manifests without a tag, unless an index names them or their subject exists",
   .needs_folder = true},
  {.key = "gantry.history.keep",
   .flag = "--history-keep",
   .holds = duration<&settings::history_keep>(never),
   .section = group::upkeep,
   .help =
     "remember for this long what happened to tags; of each tag, always the last 100 changes"},
  {.key = "gantry.hosts.allowed",
   .flag = "--allowed-host",
   .holds = list<&settings::allowed_hosts, read_lower>("HOST", ',', form::host),
   .section = group::browsers,
   .help = "a further name of this registry, besides its addresses and localhost, under which its "
           "own web pages may change content; may be repeated",
   .fallback = "none",
   .reloadable = true},
  {.key = "gantry.http.proxyprotocol",
   .flag = "--proxy-protocol",
   .holds = toggle<&settings::proxy_protocol>(on),
   .section = group::serving,
   .help = "trusted proxies begin each connection with a header of the PROXY protocol, version 2, "
           "which says where the client is; others do not"},
  {.key = "gantry.journal.entries",
   .flag = "--journal",
   .holds = count<&settings::journal_entries>({0, 100'000}),
   .section = group::testing,
   .help = "how many requests to record, for /__parlel/requests; 0 = none",
   .fallback = "1000 in memory, 0 with --data"},
  {.key = "gantry.lock.wait",
   .flag = "--wait-for-lock",
   .holds = duration<&settings::wait_for_lock>(never),
   .section = group::storage,
   .help = "with --data, wait this long for another process that has the folder open",
   .needs_folder = true},
  {.key = "gantry.memory.inflight",
   .flag = "--max-in-flight",
   .holds = size<&settings::max_in_flight>({1024 * 1024, any_size.most}),
   .section = group::connections,
   .help = "the most bytes of uploads, manifests and responses in transit, over all connections"},
  {.key = "gantry.memory.limit",
   .flag = "--memory-limit",
   .holds = size<&settings::memory_limit>(positive_size),
   .section = group::storage,
   .help = "the most bytes stored in memory; excludes --data",
   .fallback = "half of the RAM"},
  {.key = "gantry.pages.default",
   .flag = "--page-default",
   .holds = count<&settings::page_default>(page_size),
   .section = group::lists,
   .help = "entries of a list without n",
   .reloadable = true},
  {.key = "gantry.pages.strict",
   .flag = "--page-strict",
   .holds = toggle<&settings::page_strict>(on),
   .section = group::lists,
   .help = "refuse an n above the maximum",
   .reloadable = true},
  {.key = "gantry.policy.file",
   .flag = "--policy",
   .holds = text<&settings::policy_file>("FILE"),
   .section = group::users,
   .help = "allow what this policy file (YAML) says, and nothing else; it is read again when it "
           "changes",
   .fallback = "none: all that are let in may do everything"},
  {.key = "gantry.profile.name",
   .flag = "--profile",
   .holds = word<&settings::profile>(profiles::names),
   .section = group::testing,
   .help = "behave like another registry, within its quotas; changes the defaults of some settings",
   .fallback = "none"},
  {.key = "gantry.profile.repositories",
   .flag = "--profile-repository",
   .holds = list<&settings::profile_repositories>("GLOB", ','),
   .section = group::testing,
   .help = "a repository, or the beginning of its name, that exists before the first push, for a "
           "profile that requires one; may be repeated",
   .fallback = "none"},
  {.key = "gantry.rates",
   .flag = "--rate",
   .holds = list<&settings::rates>("RULE", ',', form::rate),
   .section = group::connections,
   .help =
     "how often clients may ask, such as address=100/s or user:write=30/min (per address or "
     "user; all requests, read, write or delete; s, min or h); beyond it they get 429; may be "
     "repeated",
   .fallback = "any number"},
  {.key = "gantry.referrers.enabled",
   .flag = "--no-referrers",
   .holds = toggle<&settings::referrers>(off),
   .section = group::content,
   .help = "answer 404 to the referrers API",
   .reloadable = true},
  {.key = "gantry.replay.file",
   .flag = "--replay",
   .holds = text<&settings::replay>("FILE"),
   .section = group::testing,
   .help = "answer requests as this HTTP Archive (HAR) recorded them, instead of from content",
   .fallback = "none"},
  {.key = "gantry.replay.order",
   .flag = "--replay-order",
   .holds = choice<&settings::replayed_in, order_names>(),
   .section = group::testing,
   .help =
     "requests must come as recorded (strict), or equal ones get their answers in turn (loose)"},
  {.key = "gantry.repositories.max",
   .flag = "--max-repositories",
   .holds = count<&settings::max_repositories>(),
   .section = group::content,
   .help = "the most repositories that may hold manifests; 0 = unlimited",
   .fallback = "unlimited"},
  {.key = "gantry.reset.allowed",
   .flag = "--allow-reset",
   .holds = toggle<&settings::allow_reset>(on),
   .section = group::storage,
   .help = "let POST /__parlel/reset delete all content",
   .fallback = "on in memory, off with --data"},
  {.key = "gantry.retention.interval",
   .flag = "--retention-interval",
   .holds =
     interval<&settings::retention_interval>(std::chrono::minutes{1}, std::chrono::hours{24 * 365}),
   .section = group::upkeep,
   .help = "remove the tags that gantry.retention.rules names this often; 0 = only on request",
   .fallback = "never"},
  {.key = "gantry.scheduler.polling",
   .flag = "--no-poll",
   .holds = toggle<&settings::poll>(off),
   .section = group::serving,
   .help = "let idle threads sleep at once, instead of polling for 50 µs first while that pays"},
  {.key = "gantry.scheduler.separate",
   .flag = "--separate-scheduler",
   .holds = toggle<&settings::separate_scheduler>(on),
   .section = group::serving,
   .help = "run actors on CAF's own threads instead of the io threads"},
  {.key = "gantry.scrub.interval",
   .flag = "--scrub-interval",
   .holds = duration<&settings::scrub_interval>(never),
   .section = group::upkeep,
   .help = "with --data, reread all blobs this often and quarantine damaged ones; 0 = never",
   .fallback = "never",
   .needs_folder = true},
  {.key = "gantry.scrub.rate",
   .flag = "--scrub-rate",
   .holds = size<&settings::scrub_rate>(positive_size),
   .section = group::upkeep,
   .help = "bytes per second that a scrub reads at most",
   .needs_folder = true},
  {.key = "gantry.seed",
   .flag = "--seed",
   .holds = text<&settings::seed>("WHAT"),
   .section = group::storage,
   .help = "content of an empty registry at startup and after a reset: true for "
           "library/hello-world:latest, false for none, or what to read it from: the folder of an "
           "OCI image layout, an archive of docker save, or a YAML file that describes it",
   .fallback = "true in memory, false with --data"},
  {.key = "gantry.tags.immutable",
   .flag = "--immutable-tags",
   .holds = list<&settings::immutable_tags>("GLOB", ','),
   .section = group::content,
   .help = "tags that match cannot be moved, and neither they nor their contents can be deleted; "
           "may be repeated",
   .fallback = "none"},
  {.key = "gantry.threads",
   .flag = "--threads",
   .holds = count<&settings::threads>({1, 1024}),
   .section = group::serving,
   .help = "threads that run both sockets and actors",
   .fallback = "one per core"},
  {.key = "gantry.timeouts.body",
   .flag = "--body-timeout",
   .holds = duration<&settings::body_timeout>(),
   .section = group::connections,
   .help = "the time over which the rate of a body is measured; if connections run out and none is "
           "idle, a body slower than the minimum rate is dropped"},
  {.key = "gantry.timeouts.bodyrate",
   .flag = "--min-body-rate",
   .holds = size<&settings::min_body_rate>(),
   .section = group::connections,
   .help = "the minimum rate of a request body in bytes per second"},
  {.key = "gantry.timeouts.head",
   .flag = "--head-timeout",
   .holds = duration<&settings::head_timeout>(),
   .section = group::connections,
   .help = "time from the first byte of a request to the end of its head"},
  {.key = "gantry.timeouts.idle",
   .flag = "--idle-timeout",
   .holds = duration<&settings::idle_timeout>(),
   .section = group::connections,
   .help = "time between two requests"},
  {.key = "gantry.timeouts.send",
   .flag = "--send-timeout",
   .holds = duration<&settings::send_timeout>(),
   .section = group::connections,
   .help = "drop a client that reads nothing of a response for this long"},
  {.key = "gantry.timeouts.stall",
   .flag = "--stall-timeout",
   .holds = duration<&settings::stall_timeout>(),
   .section = group::connections,
   .help = "always drop a body that stays below the minimum rate for this long"},
  {.key = "gantry.tls.certificates",
   .flag = "--tls-sni",
   .holds = list<&settings::tls_certificates, read_certificate_pair>("CERT:KEY", ','),
   .section = group::serving,
   .help =
     "a further certificate and its key, for clients that ask for one of its hosts (SNI); may "
     "be repeated",
   .fallback = "none"},
  {.key = "gantry.tls.clientuser",
   .flag = "--tls-client-user",
   .holds = choice<&settings::tls_client_user, user_names>(),
   .section = group::users,
   .help = "which name in a client's certificate is the user: the common name of its subject (cn), "
           "or its first name of a host (dns), of a mailbox (email) or URI (uri)"},
  {.key = "gantry.undo.space",
   .flag = "--undo-space",
   .holds = size<&settings::undo_space>(any_size),
   .section = group::upkeep,
   .help = "the most bytes that only deleted images hold within --undo-window; the oldest go first",
   .fallback = "a tenth of the disk, or of --memory-limit"},
  {.key = "gantry.undo.window",
   .flag = "--undo-window",
   .holds = duration<&settings::undo_window>(never),
   .section = group::upkeep,
   .help = "keep deleted images for this long, so that deletions can be undone; 0: no longer than "
           "their garbage"},
  {.key = "gantry.uploads.max",
   .flag = "--max-uploads",
   .holds = count<&settings::max_uploads>(),
   .section = group::content,
   .help = "the most open uploads, including those of earlier processes; 0 = unlimited"},
  {.key = "gantry.uploads.minchunk",
   .flag = "--chunk-min-length",
   .holds = size<&settings::chunk_min_length>(),
   .section = group::content,
   .help = "the minimum bytes of a chunk, sent as OCI-Chunk-Min-Length; 0 = no minimum",
   .fallback = "none"},
  {.key = "gantry.uploads.perrepository",
   .flag = "--max-uploads-per-repository",
   .holds = count<&settings::max_uploads_per_repository>(),
   .section = group::content,
   .help = "the most uploads that clients send to one repository at the same time; 0 = unlimited",
   .fallback = "unlimited"},
  {.key = "gantry.validation.lenient",
   .flag = "--lenient",
   .holds = toggle<&settings::lenient>(on),
   .section = group::content,
   .help = "accept any digest, tag and manifest"},
  {.key = "gantry.validation.references",
   .flag = "--references",
   .holds = choice<&settings::references, reference_names>(),
   .section = group::content,
   .help = "how to treat a manifest that names absent blobs",
   .fallback = "warn in memory, reject with --data, accept with --lenient"},
  {.key = "http.addr",
   .flag = "--addr",
   .holds = list<&settings::addresses>("HOST:PORT", ',', form::address),
   .section = group::serving,
   .help = "where to listen; port 0 takes any free port; an IPv6 host needs brackets; no host "
           "(:4775) means all IPv4 and IPv6 addresses, localhost both loopback addresses; "
           "unix:FILE is a socket in the file system; may be repeated"},
  {.key = "http.debug.addr",
   .flag = "--debug-addr",
   .holds = text<&settings::debug_address>("HOST:PORT", form::address),
   .section = group::monitoring,
   .help = "serve metrics and health here, without a login, and metrics nowhere else",
   .fallback = "none"},
  {.key = "http.debug.prometheus.enabled",
   .flag = "--no-metrics",
   .holds = toggle<&settings::metrics>(off),
   .section = group::monitoring,
   .help = "count nothing for Prometheus, and answer 404 to /metrics"},
  {.key = "http.debug.prometheus.path",
   .flag = "--metrics-path",
   .holds = text<&settings::metrics_path, read_path>("PATH"),
   .section = group::monitoring,
   .help = "the path of the metrics on --debug-addr"},
  {.key = "http.draintimeout",
   .flag = "--drain-timeout",
   .holds = duration<&settings::drain_timeout>(),
   .section = group::connections,
   .help = "time for requests to finish when the server stops"},
  {.key = "http.headers",
   .flag = "--header",
   .holds = as_map(list<&settings::headers, read_field>("'NAME: VALUE'", '\n')),
   .section = group::serving,
   .help = "add this field to every response; may be repeated",
   .fallback = "none",
   .reloadable = true},
  {.key = "http.host",
   .flag = "--external-url",
   .holds = text<&settings::external_url>("URL", form::site),
   .section = group::serving,
   .help = "scheme and host under which clients reach the registry, such as "
           "https://registry.example; links carry them",
   .fallback = "as each client names them"},
  {.key = "http.prefix",
   .flag = "--prefix",
   .holds = text<&settings::prefix, read_prefix>("PATH"),
   .section = group::serving,
   .help = "prefix of every path, such as /registry",
   .fallback = "none"},
  {.key = "http.relativeurls",
   .flag = "--absolute-locations",
   .holds = toggle<&settings::relative_locations>(off),
   .section = group::serving,
   .help = "send scheme and host in Location and Link",
   .reloadable = true},
  {.key = "http.tls.certificate",
   .flag = "--tls-cert",
   .holds = text<&settings::tls_certificate>("FILE"),
   .section = group::serving,
   .help = "speak TLS with the certificate in this file (PEM, with the chain that leads to its "
           "authority); it is read again when it changes",
   .fallback = "none: plain HTTP"},
  {.key = "http.tls.ciphersuites",
   .flag = "--tls-cipher-suite",
   .holds = list<&settings::tls_cipher_suites>("SUITE", ','),
   .section = group::serving,
   .help = "offer this cipher suite, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; may be "
           "repeated, the preferred ones first",
   .fallback = "all with forward secrecy and authenticated encryption"},
  {.key = "http.tls.clientauth",
   .flag = "--tls-client-auth",
   .holds = verified_clients(),
   .section = group::users,
   .help = "whether a client must have a certificate, or may log in otherwise"},
  {.key = "http.tls.clientcas",
   .flag = "--tls-client-ca",
   .holds = list<&settings::tls_client_authorities>("FILE", ','),
   .section = group::users,
   .help = "let clients in by certificates of the authorities in this file (PEM); it is read again "
           "when it changes; may be repeated",
   .fallback = "none: clients are not asked for certificates"},
  {.key = "http.tls.key",
   .flag = "--tls-key",
   .holds = text<&settings::tls_key>("FILE"),
   .section = group::serving,
   .help = "the key of that certificate (PEM, without a password)",
   .fallback = "none"},
  {.key = "http.tls.minimumtls",
   .flag = "--tls-minimum",
   .holds = choice<&settings::tls_minimum, tls_names>(),
   .section = group::serving,
   .help = "the oldest version of TLS; those before 1.2 are not spoken"},
  {.key = "http.trustedproxies",
   .flag = "--trusted-proxy",
   .holds = list<&settings::trusted_proxies>("NETWORK", ',', form::network),
   .section = group::serving,
   .help =
     "believe what the proxy at this address, in this network (10.0.0.0/8) or on a socket in "
     "the file system (unix) says about clients: Forwarded, X-Forwarded-For, -Proto and -Host; "
     "may be repeated",
   .fallback = "none"},
  {.key = "log.accesslog.disabled",
   .flag = "--no-access-log",
   .holds = toggle<&settings::access_log_disabled>(on),
   .section = group::monitoring,
   .help = "write no access log, whatever its format is"},
  {.key = "log.formatter",
   .flag = "--log-format",
   .holds = choice<&settings::formatter, formatter_names>(),
   .section = group::monitoring,
   .help = "the format of all logs; logstash means JSON"},
  {.key = "log.level",
   .flag = "--log-level",
   .holds = choice<&settings::level, level_names>(),
   .section = group::monitoring,
   .help = "the least severe lines of the server's own log on stderr"},
  {.key = "storage.delete.enabled",
   .flag = "--no-delete",
   .holds = toggle<&settings::allow_delete>(off),
   .section = group::content,
   .help = "refuse every delete",
   .reloadable = true},
  {.key = "storage.filesystem.rootdirectory",
   .flag = "--data",
   .holds = text<&settings::folder>("DIR"),
   .section = group::storage,
   .help = "keep all content in this folder, across restarts",
   .fallback = "in memory"},
  {.key = "storage.maintenance.readonly.enabled",
   .flag = "--read-only",
   .holds = toggle<&settings::read_only>(on),
   .section = group::content,
   .help = "refuse every push and delete",
   .reloadable = true},
  {.key = "storage.maintenance.uploadpurging.age",
   .flag = "--upload-expiry",
   .holds = duration<&settings::upload_expiry>(),
   .section = group::content,
   .help = "drop an upload that has had no request for this long"},
};

} // namespace

std::span<const row> table() noexcept {
  return rows;
}

std::vector<const row*> rows_of(group section) {
  std::vector<const row*> found;
  for (const auto& each : rows)
    if (each.section == section)
      found.push_back(&each);
  std::stable_partition(found.begin(), found.end(),
                        [](const row* each) { return !each->key.starts_with(own_keys); });
  return found;
}

const row* find_key(std::string_view key) noexcept {
  const auto* found = std::ranges::lower_bound(rows, key, {}, &row::key);
  return found != std::end(rows) && found->key == key ? found : nullptr;
}

const row* find_variable(std::string_view variable) noexcept {
  const auto* found = std::ranges::find_if(
    rows, [variable](const row& each) { return is_variable_of(each, variable); });
  return found == std::end(rows) ? nullptr : found;
}

} // namespace gantry::config
