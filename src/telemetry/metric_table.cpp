#include "telemetry/metric_table.hpp"

#include <array>
#include <iterator>

namespace gantry::telemetry {

namespace {

constexpr std::array<std::uint64_t, 17> microseconds{
  100,     250,     500,       1'000,     2'500,     5'000,      10'000,     25'000,    50'000,
  100'000, 250'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 25'000'000, 60'000'000};

constexpr std::array<std::uint64_t, 22> powers_of_two = [] {
  std::array<std::uint64_t, 22> bounds{};
  std::uint64_t bound = 1024;
  for (auto& each : bounds) {
    each = bound;
    bound *= 2;
  }
  return bounds;
}();

constexpr buckets durations{microseconds, 1e6};
constexpr buckets sizes{powers_of_two, 1};

using enum metric_type;

constexpr metric_row rows[] = {
  {"gantry_actor_queue", gauge, "thread", "actors that have messages and wait for their thread"},
  {"gantry_actors", gauge, "", "live actors"},
  {"gantry_budget_limit_bytes", gauge, "share", "bytes in transit that may be held at a time"},
  {"gantry_budget_used_bytes", gauge, "share", "bytes in transit that are held"},
  {"gantry_budget_waiting", gauge, "share", "requests that wait for bytes in transit"},
  {"gantry_build_info", gauge, "version", "always 1; the version is the label"},
  {"gantry_connections", gauge, "", "open connections"},
  {"gantry_connections_limit", gauge, "", "the most open connections"},
  {"gantry_disk_free_bytes", gauge, "",
   "bytes that may still be written to the disk of the data folder; absent in memory"},
  {"gantry_gc_leased", gauge, "kind",
   "blobs and links that the last collection kept only because of their lease"},
  {"gantry_hashed_bytes_total", counter, "by",
   "bytes of uploads that were hashed, by the upload's own actor or beside it"},
  {"gantry_log_lines_dropped_total", counter, "log",
   "lines that were lost because their reader, or the disk, took no more"},
  {"gantry_logins_total", counter, "outcome", "logins, by how they ended"},
  {"gantry_quota_limit_bytes", gauge, "quota",
   "the most bytes of a quota; absent if they are unlimited"},
  {"gantry_quota_limit_tags", gauge, "quota",
   "the most tags of a quota; absent if they are unlimited"},
  {"gantry_quota_refusals_total", counter, "quota",
   "requests that a quota refused; absent without quotas"},
  {"gantry_quota_used_bytes", gauge, "quota",
   "bytes of blobs and manifests that count for a quota; absent without quotas"},
  {"gantry_quota_used_tags", gauge, "quota", "tags that count for a quota; absent without quotas"},
  {"gantry_ready", gauge, "", "1 if /readyz answers 200, otherwise 0"},
  {"gantry_repositories_awake", gauge, "", "repositories in use"},
  {"gantry_storage_full", gauge, "", "1 if the last write found no room, otherwise 0"},
  {"gantry_storage_limit_bytes", gauge, "",
   "the most bytes of content in memory; absent with a data folder"},
  {"gantry_storage_used_bytes", gauge, "", "bytes of all blobs, uploads and manifests"},
  {"gantry_trace_spans_dropped_total", counter, "",
   "spans that no collector took; absent without one"},
  {"gantry_trace_spans_exported_total", counter, "",
   "spans that a collector took; absent without one"},
  {"gantry_uploads_limit", gauge, "", "the most open uploads; 0 = unlimited"},
  {"gantry_uploads_open", gauge, "", "open uploads, including those of earlier processes"},
  {"gantry_watch_dropped_total", counter, "",
   "watchers that were cut because they took their events too slowly"},
  {"gantry_watch_events_total", counter, "", "events that were sent to watchers"},
  {"gantry_watchers", gauge, "", "clients that watch"},
  {"gantry_webhook_gaps_total", counter, "endpoint",
   "times that changes were gone from the log before a webhook had told of them; absent without "
   "webhooks"},
  {"process_cpu_seconds_total", counter, "", "user and system time of the process"},
  {"process_max_fds", gauge, "", "the most open descriptors"},
  {"process_open_fds", gauge, "", "open descriptors"},
  {"process_resident_memory_bytes", gauge, "", "resident memory of the process"},
  {"process_start_time_seconds", gauge, "", "when the process started, since the epoch"},
  {"registry_gc_deletes_total", counter, "artifact", "what garbage collections deleted"},
  {"registry_gc_errors_total", counter, "", "garbage collections that failed"},
  {"registry_gc_last_run_timestamp_seconds", gauge, "",
   "when the last garbage collection ended, since the epoch; 0 before the first one"},
  {"registry_gc_postpones_total", counter, "",
   "garbage collections that left blobs and links alone, because leases of the previous process "
   "may run"},
  {"registry_gc_runs_total", counter, "noop",
   "garbage collections that ended without an error; noop is true for those that only counted"},
  {"registry_gc_storage_deleted_bytes_total", counter, "", "bytes that collections freed"},
  {"registry_http_in_flight_requests", gauge, "", "requests in progress"},
  {"registry_http_request_duration_seconds", histogram, "handler, method",
   "time from the head of a request to the end of its response", durations},
  {"registry_http_request_size_bytes", histogram, "handler",
   "declared bytes of a request's body; without those that come in chunks", sizes},
  {"registry_http_requests_total", counter, "handler, method, code",
   "finished requests; code 499 for a client that left before its response"},
  {"registry_http_response_size_bytes", histogram, "handler", "bytes of a response, with its head",
   sizes},
  {"registry_notifications_events_total", counter, "type, endpoint",
   "events of webhooks: read from the log (Events), accepted (Successes), and for each attempt "
   "answered otherwise (Failures) or not at all (Errors); absent without webhooks"},
  {"registry_notifications_pending_total", gauge, "endpoint",
   "changes of the log that a webhook has not told of; absent without webhooks"},
  {"registry_notifications_status_total", counter, "code, endpoint",
   "answers to webhooks, such as 200 OK; absent without webhooks"},
  {"registry_storage_blob_download_bytes", histogram, "", "bytes of a response to a GET of a blob",
   sizes},
  {"registry_storage_blob_upload_bytes", histogram, "", "bytes of a blob that was pushed", sizes},
};

static_assert(std::size(rows) ==
              static_cast<std::size_t>(metric::registry_storage_blob_upload_bytes) + 1);

} // namespace

const buckets duration_buckets = durations;
const buckets size_buckets = sizes;

std::span<const metric_row> metrics() noexcept {
  return rows;
}

const metric_row& row_of(metric which) noexcept {
  return rows[static_cast<std::size_t>(which)];
}

std::string_view to_string(metric_type type) noexcept {
  switch (type) {
  case metric_type::counter: return "counter";
  case metric_type::gauge: return "gauge";
  case metric_type::histogram: return "histogram";
  }
  return "untyped";
}

} // namespace gantry::telemetry
