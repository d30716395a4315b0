// Writes the access log.
#pragma once

#include "api/observer.hpp"
#include "telemetry/access_log.hpp"

namespace gantry::api {

class access_log_observer final : public observer {
public:
  /// `log` outlives the observer. `has_users`: clients log in.
  access_log_observer(telemetry::access_logger& log, bool has_users)
    : log_{log}, has_users_{has_users} {}

  bool is_enabled() const noexcept override { return log_.enabled(); }
  /// In text, only the user is one of them.
  bool wants_facts() const noexcept override {
    return has_users_ || log_.format() == telemetry::log_format::json;
  }
  void finished(const finished_request& what) override;

private:
  telemetry::access_logger& log_;
  const bool has_users_;
};

} // namespace gantry::api
