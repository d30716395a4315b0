// Writes the access log.
#pragma once

#include "api/observer.hpp"
#include "telemetry/access_log.hpp"

namespace gantry::api {

class access_log_observer final : public observer {
public:
  /// `log` outlives the observer. `has_names`: clients log in, or come through trusted proxies.
  access_log_observer(telemetry::access_logger& log, bool has_names)
    : log_{log}, has_names_{has_names} {}

  bool is_enabled() const noexcept override { return log_.enabled(); }
  /// In text, only user and client are among them.
  bool wants_facts() const noexcept override {
    return has_names_ || log_.format() == telemetry::log_format::json;
  }
  void finished(const finished_request& what) override;

private:
  telemetry::access_logger& log_;
  const bool has_names_;
};

} // namespace gantry::api
