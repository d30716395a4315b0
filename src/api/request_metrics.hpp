// Counts requests for Prometheus.
#pragma once

#include "api/observer.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/histogram.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gantry::api {

/// Thread-safe. Each thread counts in a shard of its own, without a lock and without sharing cache
/// lines; a scrape adds them up.
class request_metrics final : public observer {
public:
  /// `threads`: how many threads serve; at least 1.
  explicit request_metrics(std::size_t threads);
  ~request_metrics() override;

  bool is_enabled() const noexcept override { return true; }
  bool wants_facts() const noexcept override { return false; }
  void begun() noexcept override;
  void finished(const finished_request& what) override;

  /// Adds the metrics of requests, and of downloads.
  void render(telemetry::exposition& out) const;

private:
  struct cell;
  struct shard;

  shard& own() const noexcept;

  std::vector<std::unique_ptr<shard>> shards_;
};

} // namespace gantry::api
