// Records the span of each request that is traced.
#pragma once

#include "api/observer.hpp"
#include "telemetry/tracer.hpp"

#include <chrono>

namespace gantry::api {

/// Its other spans are recorded where they happen.
class trace_observer final : public observer {
public:
  /// `tracer` outlives the observer.
  explicit trace_observer(telemetry::tracer& tracer) : tracer_{tracer} {}

  bool is_enabled() const noexcept override { return true; }
  bool wants_facts() const noexcept override { return true; }
  void finished(const finished_request& what) override;

private:
  telemetry::tracer& tracer_;
};

/// Records the span of a request unless `settle` was called: its handler threw. Lives as long as
/// the handler runs.
class unanswered_request {
public:
  /// Both outlive it; `facts` may be null.
  unanswered_request(const request_facts* facts, const http::request_head& head)
    : facts_{facts}, head_{head} {}
  unanswered_request(const unanswered_request&) = delete;
  unanswered_request& operator=(const unanswered_request&) = delete;
  ~unanswered_request();

  /// An observer will see the facts.
  void settle() noexcept { facts_ = nullptr; }

private:
  const request_facts* facts_;
  const http::request_head& head_;
};

} // namespace gantry::api
