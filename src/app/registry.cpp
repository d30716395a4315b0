#include "app/registry.hpp"

#include "actors/supervisor.hpp"
#include "api/access_log_observer.hpp"
#include "api/audit_observer.hpp"
#include "api/debug_handler.hpp"
#include "api/journal_observer.hpp"
#include "api/pipeline.hpp"
#include "api/request_metrics.hpp"
#include "api/retention_runs.hpp"
#include "api/trace_observer.hpp"
#include "api/watch_feed.hpp"
#include "app/bound_addresses.hpp"
#include "app/control_socket.hpp"
#include "app/idle_watch.hpp"
#include "app/openings.hpp"
#include "app/scrape.hpp"
#include "app/seed.hpp"
#include "auth/login.hpp"
#include "auth/policy_file.hpp"
#include "base/adjustable_clock.hpp"
#include "base/file_text.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "config/values.hpp"
#include "faults/rule_json.hpp"
#include "http/server.hpp"
#include "listing/index.hpp"
#include "net/tls_identity.hpp"
#include "otlp/exporter.hpp"
#include "replay/har_reader.hpp"
#include "runtime/ask.hpp"
#include "runtime/threads.hpp"
#include "storage/api/answer_of.hpp"
#include "telemetry/tracer.hpp"
#include "transfer/failure.hpp"
#include "webhooks/deliveries.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gantry::app {

namespace asio = boost::asio;

namespace {

/// Fills the engine for the first time.
void seed_first(storage_engine& engine, seeder& content, const registry_options& settings) {
  try {
    content.fill(engine);
  } catch (const transfer::engine_full& full) {
    if (!settings.data.empty())
      throw;
    throw std::runtime_error{"the seed does not fit into --memory-limit " +
                             config::render_size(settings.memory_limit) +
                             ": raise it, or start with --seed false"};
  }
}

/// Reads the file of an option with `read`. Throws std::runtime_error, naming option, file and
/// mistake.
template <class Read>
auto read_as(const std::string& option, const std::string& file, std::size_t most, Read read) {
  const auto refuse = [&](const std::string& why) {
    throw std::runtime_error{option + " " + file + ": " + why};
  };
  const auto text = read_file(file, most);
  if (!text)
    refuse("this file cannot be read");
  auto known = read(*text);
  if (!known)
    refuse(known.error().detail);
  return std::move(*known);
}

/// The policy of the server's own collections.
gc_policy policy_of(const registry_options& settings) {
  auto policy = settings.actors.gc;
  policy.upload_expiry = settings.actors.upload_expiry;
  return policy;
}

/// Hardly that of another process.
std::string random_mark() {
  std::array<unsigned char, 8> bytes{};
  fill_with_random(bytes);
  return to_hex(bytes);
}

/// The other half of the connections stays for those that push and pull.
api::watch_options watches_of(const registry_options& settings, const std::string& instance) {
  api::watch_options chosen;
  chosen.most = std::max<std::size_t>(settings.http.max_connections / 2, 1);
  if (settings.data.empty())
    chosen.mark = instance;
  return chosen;
}

/// Keeps the message alive inside a coroutine of its own: Asio's `co_spawn` wants an awaitable of
/// one type.
template <class Message>
asio::awaitable<bool> order(supervisor_actor receiver, Message message) {
  auto answer = co_await runtime::ask(receiver, std::move(message));
  co_return static_cast<bool>(answer);
}

} // namespace

/// In the order of construction; each part may use those above it.
struct registry::parts {
  explicit parts(registry_options chosen)
    : settings{complete(std::move(chosen))},
      addresses{settings.sockets.empty() ? parse_addresses(settings.addresses)
                                         : addresses_of(settings.sockets)},
      identity{make_identity(settings.tls)},
      tracer{make_tracer(settings.traces)},
      clock{make_clock(settings)},
      quotas{make_ledger(settings.quotas)},
      engine{open_engine(settings, clock, quotas)} {}

  template <class Message>
  bool tell_supervisor(Message message) {
    auto told = order(supervisor, std::move(message));
    return asio::co_spawn(threads->context(0), std::move(told), asio::use_future).get();
  }

  registry_options settings;
  std::vector<listen_address> addresses;
  /// Whether they are bound.
  bool is_bound = false;
  /// Null without TLS. Read before the folder is opened, so that a mistake in the settings is found
  /// first.
  std::unique_ptr<net::tls_identity> identity;
  /// These two are null if nothing is traced. What an engine writes may be part of a trace.
  std::unique_ptr<telemetry::tracer> tracer;
  std::unique_ptr<otlp::exporter> exporter;
  /// Null with a folder.
  std::shared_ptr<adjustable_clock> clock;
  /// Null without quotas.
  std::shared_ptr<quota_ledger> quotas;
  std::unique_ptr<storage_engine> engine;
  std::unique_ptr<registry_services> services;
  std::unique_ptr<telemetry::access_logger> log;
  /// Null without an audit log.
  std::unique_ptr<telemetry::audit_log> audit;
  /// Null if clients have neither passwords nor tokens.
  std::unique_ptr<auth::login> login;
  /// Null if all that are let in may do everything.
  std::unique_ptr<auth::policy_file> policy;
  std::unique_ptr<api::context> context;
  /// Differs after each start.
  const std::string instance = random_mark();
  std::unique_ptr<api::watch_feed> watches;
  std::unique_ptr<listing::index> listing;
  std::unique_ptr<api::retention_runs> retention;
  /// Null if no server is told of changes.
  std::unique_ptr<webhooks::deliveries> webhooks;
  std::unique_ptr<api::pipeline> pipeline;
  /// Null unless `watch_idle` is set.
  std::unique_ptr<idle_watch> watch;
  std::unique_ptr<runtime::threads> threads;
  supervisor_actor supervisor;
  std::unique_ptr<http::server> server;
  /// Null unless there is an address for metrics and health.
  std::unique_ptr<api::debug_handler> debug;
  std::unique_ptr<http::server> debug_server;
  listen_address debug_place;

  /// Makes the observers of requests. Returns those that count them; null without metrics.
  api::request_metrics* observe(std::vector<std::unique_ptr<api::observer>>& observers) const;
  void serve_metrics(const api::request_metrics* counts);
  /// Makes the index behind the rich lists, and what removes tags by it.
  void open_index();
  /// Tells servers of changes from now on. Precondition: the addresses are bound.
  void tell_of_changes();
  /// Null without a folder.
  std::unique_ptr<control_socket> control;
};

api::request_metrics*
registry::parts::observe(std::vector<std::unique_ptr<api::observer>>& observers) const {
  const bool has_names =
    login || settings.api.certificates_log_in || !settings.api.trusted_proxies.empty();
  observers.push_back(std::make_unique<api::access_log_observer>(*log, has_names));
  observers.push_back(std::make_unique<api::journal_observer>(context->requests));
  if (audit)
    observers.push_back(std::make_unique<api::audit_observer>(*audit));
  if (tracer)
    observers.push_back(std::make_unique<api::trace_observer>(*tracer));
  if (!settings.metrics)
    return nullptr;
  auto counts = std::make_unique<api::request_metrics>(settings.threads);
  auto* const made = counts.get();
  observers.push_back(std::move(counts));
  return made;
}

/// On the registry's own address, or on the one that is for them alone. Precondition: `server` is
/// made.
void registry::parts::serve_metrics(const api::request_metrics* counts) {
  std::function<std::string()> render;
  if (counts)
    render = [from = scraped_parts{*context, *counts, *server, *threads, *log, audit.get(),
                                   tracer.get()}] { return scrape(from); };
  if (settings.debug_address.empty()) {
    context->scrape = std::move(render);
    return;
  }
  debug = std::make_unique<api::debug_handler>(*context, std::move(render), settings.metrics_path);
  auto direct = settings.http;
  direct.proxy_protocol = false; // what scrapes metrics is no proxy
  debug_server = std::make_unique<http::server>(threads->contexts(), std::move(direct), *debug);
  debug_place = available(parse_listen_address(settings.debug_address), has_address);
  bind(*debug_server, debug_place);
}

void registry::parts::open_index() {
  std::string file;
  if (!settings.data.empty())
    file = (std::filesystem::path{settings.data} / listing::index_file).string();
  listing = std::make_unique<listing::index>(*engine, std::move(file), services->now);
  context->listing = listing.get();
  retention = std::make_unique<api::retention_runs>(*services, *listing, settings.retention_rules);
  context->retention = retention.get();
}

void registry::parts::tell_of_changes() {
  if (settings.webhooks.empty())
    return;
  const auto& outside = settings.api.external_url;
  const auto scheme = std::string{identity ? "https://" : "http://"};
  const auto url = outside.empty() ? scheme + context->address : outside;
  webhooks::event_source from{.url = url + settings.api.prefix,
                              .host = url.substr(url.find("//") + 2),
                              .address = context->address,
                              .instance = instance,
                              .ids = watches->ids()};
  std::filesystem::path folder;
  if (!settings.data.empty())
    folder = std::filesystem::path{settings.data} / webhooks::positions_folder;
  webhooks = std::make_unique<webhooks::deliveries>(
    engine->metadata(), settings.webhooks, std::move(from), folder, "gantry/" GANTRY_VERSION);
  context->webhooks = webhooks.get();
}

registry::registry(registry_options options)
  : parts_{std::make_unique<parts>(std::move(options))} {}

registry::~registry() {
  stop();
}

void registry::start() {
  auto& p = *parts_;
  if (!p.settings.policy_file.empty())
    p.policy = open_policy(p.settings.policy_file);
  auto actors = p.settings.actors;
  const auto room =
    p.settings.data.empty() ? p.settings.memory_limit : std::numeric_limits<std::uint64_t>::max();
  const auto content = std::make_shared<seeder>(p.settings.seed, room);
  actors.seed = [&engine = *p.engine, content] { content->fill(engine); };
  // One name, not the number of all: that would read them.
  const auto present =
    answer_of(p.engine->metadata(), &metadata_engine::list_repositories, page_request{1, {}});
  if (!present)
    throw std::runtime_error{"the content cannot be read: " +
                             std::string{to_string(present.error().code)}};
  if (present->items.empty())
    seed_first(*p.engine, *content, p.settings);
  p.services = std::make_unique<registry_services>(*p.engine, std::move(actors));
  if (p.clock)
    p.services->now = [clock = p.clock] { return clock->now(); };
  telemetry::set_style(p.settings.style);
  if (p.tracer)
    p.exporter = std::make_unique<otlp::exporter>(*p.tracer, p.settings.traces, GANTRY_VERSION);
  p.log = open_access_log(p.settings);
  if (!p.settings.audit_file.empty())
    p.audit = std::make_unique<telemetry::audit_log>(p.settings.audit_file);
  p.threads = std::make_unique<runtime::threads>(p.settings.threads, p.settings.separate_scheduler,
                                                 p.settings.poll ? runtime::waiting::polling
                                                                 : runtime::waiting::asleep);
  // On an io thread: a thread that spawns stays tied to the actor system, whose destructor waits
  // for that thread to end. The caller's may live on, and another one may stop the registry.
  auto spawn =
    asio::use_future([&p] { return p.threads->system().spawn(supervisor, p.services.get()); });
  p.supervisor = asio::post(p.threads->context(0), std::move(spawn)).get();
  if (!p.tell_supervisor(msg::startup{}))
    throw std::runtime_error{"the registry's actors could not be started"};
  p.context = std::make_unique<api::context>(*p.services, p.settings.api, p.clock.get());
  p.login = open_login(p.settings);
  p.context->login = p.login.get();
  p.context->policy = p.policy.get();
  p.context->tracer = p.tracer.get();
  p.context->storage_quotas = p.quotas.get();
  p.watches = std::make_unique<api::watch_feed>(p.engine->metadata(), p.threads->contexts(),
                                                watches_of(p.settings, p.instance));
  p.context->watches = p.watches.get();
  p.open_index();
  if (const auto& file = p.settings.faults; !file.empty())
    p.context->faults.add(read_as("--faults", file, faults::max_rules_text, faults::read_rules));
  if (const auto& file = p.settings.replay; !file.empty())
    p.context->session = std::make_unique<replay::player>(
      read_as("--replay", file, replay::max_archive, replay::read_har), p.settings.replayed_in);
  std::vector<std::unique_ptr<api::observer>> observers;
  const auto* const counts = p.observe(observers);
  p.pipeline = std::make_unique<api::pipeline>(*p.context, std::move(observers));
  http::handler* handler = p.pipeline.get();
  if (p.settings.watch_idle)
    handler = (p.watch = std::make_unique<idle_watch>(*p.pipeline)).get();
  p.server = std::make_unique<http::server>(p.threads->contexts(), p.settings.http, *handler,
                                            p.identity.get());
  for (const auto socket : p.settings.sockets)
    p.server->adopt(socket);
  if (p.settings.sockets.empty())
    for (auto& address : p.addresses)
      bind(*p.server, address);
  p.is_bound = true;
  p.context->address = first_address(p.addresses);
  p.tell_of_changes();
  p.serve_metrics(counts);
  if (p.settings.retention_interval.count() > 0)
    p.retention->run_every(p.settings.retention_interval, p.threads->context(0),
                           [&c = *p.context] { return !c.settings.take()->read_only; });
  p.server->start();
  if (p.debug_server)
    p.debug_server->start();
  if (!p.settings.data.empty())
    p.control = std::make_unique<control_socket>(p.settings.data, *p.engine, policy_of(p.settings));
}

void registry::stop() {
  auto& p = *parts_;
  if (p.webhooks)
    p.webhooks->end_tests();
  if (p.retention)
    p.retention->stop();
  if (p.listing)
    p.listing->end_queries();
  if (p.server)
    p.server->stop(); // the other address says meanwhile that this one is not ready
  p.debug_server.reset();
  p.debug.reset();
  if (p.context)
    p.context->scrape = {};
  p.control.reset();
  p.server.reset();
  if (p.watches)
    p.watches->stop();
  if (p.webhooks)
    p.webhooks->stop();
  if (p.listing)
    p.listing->stop();
  p.login.reset(); // its threads post to those of the connections
  if (p.supervisor)
    p.tell_supervisor(msg::shutdown{});
  p.supervisor = supervisor_actor{};
  p.threads.reset();
  p.watch.reset();
  p.pipeline.reset();
  p.watches.reset();
  p.webhooks.reset();
  p.retention.reset();
  p.listing.reset();
  p.context.reset();
  p.audit.reset();
  p.log.reset();
  p.services.reset();
  if (p.exporter)
    p.exporter->stop();
}

void registry::apply(const registry_options& next) {
  assert(parts_->context);
  parts_->context->settings.update(
    [&next](api::options& running) { running = replaced(running, next.api); });
}

bool registry::reload_certificates() {
  auto* const own = parts_->identity.get();
  return !own || own->reload();
}

bool registry::toggle_read_only() {
  assert(parts_->context);
  bool now = false;
  parts_->context->settings.update(
    [&now](api::options& running) { now = running.read_only = !running.read_only; });
  return now;
}

bool registry::reload_policy() {
  return !parts_->policy || parts_->policy->reload();
}

std::chrono::milliseconds registry::idle_for() const {
  assert(parts_->watch);
  return parts_->watch->idle_for();
}

registry_services& registry::services() {
  assert(parts_->supervisor);
  return *parts_->services;
}

boost::asio::io_context& registry::context() {
  assert(parts_->threads);
  return parts_->threads->context(0);
}

std::vector<std::string> registry::addresses() const {
  assert(parts_->is_bound);
  std::vector<std::string> texts;
  for (const auto& each : parts_->addresses)
    texts.push_back(to_string(each));
  return texts;
}

void registry::reopen_logs() noexcept {
  assert(parts_->log);
  parts_->log->reopen();
  if (parts_->audit)
    parts_->audit->reopen();
}

std::string registry::debug_address() const {
  return parts_->debug_server ? to_string(parts_->debug_place) : std::string{};
}

std::uint16_t registry::debug_port() const noexcept {
  return parts_->debug_place.port;
}

std::uint16_t registry::port() const {
  assert(parts_->is_bound);
  const auto first = std::ranges::find_if(parts_->addresses, is_tcp);
  return first == parts_->addresses.end() ? std::uint16_t{0} : first->port;
}

faults::fault_set& registry::faults() {
  return parts_->context->faults;
}

journal::journal& registry::requests() {
  return parts_->context->requests;
}

void registry::advance(std::chrono::milliseconds by) {
  auto* clock = parts_->clock.get();
  if (!clock)
    throw std::runtime_error{"the time of a registry with a data folder cannot be changed"};
  if (by.count() < 0)
    throw std::invalid_argument{"a clock that is advanced does not go back"};
  const auto most =
    std::chrono::duration_cast<std::chrono::milliseconds>(adjustable_clock::latest - clock->now());
  if (by > most || !clock->adjust({.advance = by}))
    throw std::invalid_argument{"a clock shows times up to the year 2199"};
}

void registry::forget_pulls(const std::optional<repository_name>& within) {
  parts_->listing->forget(within);
}

void registry::forget_tests() {
  parts_->context->forget_tests();
}

} // namespace gantry::app
