#include "app/scrape.hpp"

#include "api/exchange.hpp"
#include "api/readiness.hpp"
#include "api/request_metrics.hpp"
#include "api/watch_feed.hpp"
#include "http/server.hpp"
#include "runtime/threads.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/audit_log.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/process_metrics.hpp"
#include "telemetry/tracer.hpp"
#include "webhooks/deliveries.hpp"

#include <boost/beast/http/status.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::app {

namespace {

using telemetry::exposition;
using telemetry::metric;

/// Samples are doubles: exact up to 2^53.
template <class Number>
double sample(Number number) {
  return static_cast<double>(number);
}

struct share {
  std::string_view name;
  const byte_budget& budget;
};

void add_budgets(exposition& out, const api::in_flight& bytes) {
  const std::array shares{share{"uploads", *bytes.buffers()}, share{"small_texts", *bytes.texts(0)},
                          share{"large_texts", *bytes.texts(api::in_flight::small_text + 1)},
                          share{"parsing", *bytes.parsing()}};
  for (const auto& each : shares)
    out.add(metric::gantry_budget_limit_bytes, sample(each.budget.limit()), {each.name});
  for (const auto& each : shares)
    out.add(metric::gantry_budget_used_bytes, sample(each.budget.used()), {each.name});
  for (const auto& each : shares)
    out.add(metric::gantry_budget_waiting, sample(each.budget.waiting()), {each.name});
}

void add_storage(exposition& out, const storage_room& room) {
  out.add(metric::gantry_storage_used_bytes, sample(room.used));
  if (room.limit)
    out.add(metric::gantry_storage_limit_bytes, sample(*room.limit));
  if (room.free)
    out.add(metric::gantry_disk_free_bytes, sample(*room.free));
  out.add(metric::gantry_storage_full, room.is_full ? 1 : 0);
}

void add_collections(exposition& out, const collection_totals& totals) {
  out.add(metric::registry_gc_runs_total, sample(totals.runs.load()), {"false"});
  out.add(metric::registry_gc_runs_total, sample(totals.dry_runs.load()), {"true"});
  out.add(metric::registry_gc_errors_total, sample(totals.errors.load()));
  out.add(metric::registry_gc_postpones_total, sample(totals.postpones.load()));
  out.add(metric::registry_gc_deletes_total, sample(totals.manifests.load()), {"manifest"});
  out.add(metric::registry_gc_deletes_total, sample(totals.links.load()), {"link"});
  out.add(metric::registry_gc_deletes_total, sample(totals.blobs.load()), {"blob"});
  out.add(metric::registry_gc_deletes_total, sample(totals.uploads.load()), {"upload"});
  out.add(metric::registry_gc_deletes_total, sample(totals.orphans.load()), {"orphan"});
  out.add(metric::registry_gc_storage_deleted_bytes_total, sample(totals.bytes.load()));
  out.add(metric::registry_gc_last_run_timestamp_seconds, sample(totals.ended.load()) / 1e3);
  out.add(metric::gantry_gc_leased, sample(totals.leased_blobs.load()), {"blob"});
  out.add(metric::gantry_gc_leased, sample(totals.leased_links.load()), {"link"});
}

void add_actors(exposition& out, const registry_services& services, runtime::threads& threads) {
  out.add(metric::gantry_actors, sample(threads.system().registry().running()));
  for (std::size_t i = 0; i < threads.size(); ++i)
    out.add(metric::gantry_actor_queue, sample(threads.queued_actors(i)), {std::to_string(i)});
  out.add(metric::gantry_repositories_awake, sample(services.repositories.size()));
  out.add(metric::gantry_uploads_open, sample(services.open_uploads()));
  out.add(metric::gantry_uploads_limit, sample(services.options.max_uploads));
  out.add(metric::gantry_hashed_bytes_total, sample(services.hashed_by_sessions.load()),
          {"session"});
  out.add(metric::gantry_hashed_bytes_total, sample(services.hashed_by_digesters.load()),
          {"digester"});
}

void add_logs(exposition& out, const scraped_parts& from) {
  out.add(metric::gantry_log_lines_dropped_total, sample(from.access_log.lost_lines()), {"access"});
  if (from.audit_log)
    out.add(metric::gantry_log_lines_dropped_total, sample(from.audit_log->lost_lines()),
            {"audit"});
}

void add_traces(exposition& out, const telemetry::tracer& tracer) {
  out.add(metric::gantry_trace_spans_dropped_total, sample(tracer.dropped()));
  out.add(metric::gantry_trace_spans_exported_total, sample(tracer.exported()));
}

void add_watches(exposition& out, const api::watch_feed& feed) {
  out.add(metric::gantry_watch_dropped_total, sample(feed.dropped()));
  out.add(metric::gantry_watch_events_total, sample(feed.events_sent()));
  out.add(metric::gantry_watchers, sample(feed.watchers()));
}

/// `200 OK`, as docker's registry writes it.
std::string with_reason(unsigned status) {
  namespace beast_http = boost::beast::http;
  return std::to_string(status) + ' ' +
         std::string{beast_http::obsolete_reason(beast_http::int_to_status(status))};
}

void add_webhooks(exposition& out, const webhooks::deliveries& all) {
  const auto endpoints = all.list();
  for (const auto& each : endpoints)
    out.add(metric::gantry_webhook_gaps_total, sample(each.state.gaps), {each.name});
  for (const auto& each : endpoints) {
    const auto& name = each.name;
    const auto& state = each.state;
    out.add(metric::registry_notifications_events_total, sample(state.events), {"Events", name});
    out.add(metric::registry_notifications_events_total, sample(state.accepted),
            {"Successes", name});
    out.add(metric::registry_notifications_events_total, sample(state.refused), {"Failures", name});
    out.add(metric::registry_notifications_events_total, sample(state.unanswered),
            {"Errors", name});
  }
  for (const auto& each : endpoints)
    out.add(metric::registry_notifications_pending_total, sample(each.state.pending), {each.name});
  for (const auto& each : endpoints)
    for (const auto& [status, count] : each.state.statuses)
      out.add(metric::registry_notifications_status_total, sample(count),
              {with_reason(status), each.name});
}

void add_quotas(exposition& out, const quota_ledger& ledger) {
  const auto all = ledger.list();
  for (const auto& each : all)
    if (each.limits.bytes)
      out.add(metric::gantry_quota_limit_bytes, sample(*each.limits.bytes), {each.limits.name});
  for (const auto& each : all)
    if (each.limits.tags)
      out.add(metric::gantry_quota_limit_tags, sample(*each.limits.tags), {each.limits.name});
  for (const auto& each : all)
    out.add(metric::gantry_quota_refusals_total, sample(each.refusals), {each.limits.name});
  for (const auto& each : all)
    out.add(metric::gantry_quota_used_bytes, sample(each.use.bytes), {each.limits.name});
  for (const auto& each : all)
    out.add(metric::gantry_quota_used_tags, sample(each.use.tags), {each.limits.name});
}

/// In the order of `auth::verdict`.
constexpr std::array<std::string_view, 3> outcomes{"accepted", "refused", "delayed"};

void add_logins(exposition& out, const api::context& context) {
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    out.add(metric::gantry_logins_total, sample(context.logins[i].load()), {outcomes[i]});
}

} // namespace

std::string scrape(const scraped_parts& from) {
  exposition out;
  const auto& services = from.context.services;
  out.add(metric::gantry_build_info, 1, {GANTRY_VERSION});
  out.add(metric::gantry_ready, look_at(from.context).is_ready() ? 1 : 0);
  from.requests.render(out);
  out.add(metric::registry_storage_blob_upload_bytes, from.context.pushed_blobs.counts());
  out.add(metric::gantry_connections, sample(from.server.open_connections()));
  out.add(metric::gantry_connections_limit, sample(from.server.most_connections()));
  add_storage(out, services.engine.upkeep().room());
  add_collections(out, services.collected);
  add_actors(out, services, from.threads);
  add_budgets(out, from.context.bytes);
  add_logins(out, from.context);
  add_watches(out, *from.context.watches);
  add_logs(out, from);
  if (from.tracer)
    add_traces(out, *from.tracer);
  if (from.context.webhooks)
    add_webhooks(out, *from.context.webhooks);
  if (from.context.storage_quotas)
    add_quotas(out, *from.context.storage_quotas);
  telemetry::add_process_metrics(out);
  return out.take();
}

} // namespace gantry::app
