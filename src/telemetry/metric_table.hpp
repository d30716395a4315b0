// THE table of metrics: names, types, labels and buckets. The exposition, docs/metrics.md and the
// tests of dashboard and alerts use it.
//
// Names are distribution's where it has such a metric, GitLab's for garbage collection,
// Prometheus's own for the process, and begin with `gantry_` otherwise. A label has few values:
// never a repository, a user or a path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::telemetry {

enum class metric_type : std::uint8_t { counter, gauge, histogram };

/// The upper bounds of a histogram's buckets, ascending, in the unit that is observed.
struct buckets {
  std::span<const std::uint64_t> bounds = {};
  /// How many observed units make one of the metric's: 1e6 for microseconds of a metric in seconds.
  double per_unit = 1;
};

struct metric_row {
  std::string_view name;
  metric_type type;
  /// Comma-separated; empty for none.
  std::string_view labels;
  std::string_view help;
  buckets holds = {};
};

/// The rows of the table, in its order.
enum class metric : std::uint8_t {
  gantry_actor_queue,
  gantry_actors,
  gantry_budget_limit_bytes,
  gantry_budget_used_bytes,
  gantry_budget_waiting,
  gantry_build_info,
  gantry_connections,
  gantry_connections_limit,
  gantry_disk_free_bytes,
  gantry_gc_leased,
  gantry_hashed_bytes_total,
  gantry_log_lines_dropped_total,
  gantry_logins_total,
  gantry_quota_limit_bytes,
  gantry_quota_limit_tags,
  gantry_quota_refusals_total,
  gantry_quota_used_bytes,
  gantry_quota_used_tags,
  gantry_ready,
  gantry_repositories_awake,
  gantry_storage_full,
  gantry_storage_limit_bytes,
  gantry_storage_used_bytes,
  gantry_trace_spans_dropped_total,
  gantry_trace_spans_exported_total,
  gantry_uploads_limit,
  gantry_uploads_open,
  gantry_watch_dropped_total,
  gantry_watch_events_total,
  gantry_watchers,
  gantry_webhook_gaps_total,
  process_cpu_seconds_total,
  process_max_fds,
  process_open_fds,
  process_resident_memory_bytes,
  process_start_time_seconds,
  registry_gc_deletes_total,
  registry_gc_errors_total,
  registry_gc_last_run_timestamp_seconds,
  registry_gc_postpones_total,
  registry_gc_runs_total,
  registry_gc_storage_deleted_bytes_total,
  registry_http_in_flight_requests,
  registry_http_request_duration_seconds,
  registry_http_request_size_bytes,
  registry_http_requests_total,
  registry_http_response_size_bytes,
  registry_notifications_events_total,
  registry_notifications_pending_total,
  registry_notifications_status_total,
  registry_storage_blob_download_bytes,
  registry_storage_blob_upload_bytes,
};

std::span<const metric_row> metrics() noexcept;
const metric_row& row_of(metric which) noexcept;
std::string_view to_string(metric_type type) noexcept;

/// Bounds in microseconds: those of distribution, and finer ones below 5 ms.
extern const buckets duration_buckets;
/// Bounds in bytes, as distribution has them: 1 KiB to 2 GiB.
extern const buckets size_buckets;

} // namespace gantry::telemetry
