// Writes the access log.
#pragma once

#include "api/observer.hpp"
#include "telemetry/access_log.hpp"

namespace gantry::api {

class access_log_observer final : public observer {
public:
  /// `log` outlives the observer.
  explicit access_log_observer(telemetry::access_logger& log) : log_{log} {}

  bool is_enabled() const noexcept override { return log_.enabled(); }
  bool wants_facts() const noexcept override { return false; }
  void finished(const finished_request& what) override;

private:
  telemetry::access_logger& log_;
};

} // namespace gantry::api
