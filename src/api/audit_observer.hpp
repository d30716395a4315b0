// Writes the audit log.
#pragma once

#include "api/observer.hpp"
#include "telemetry/audit_log.hpp"

namespace gantry::api {

/// Notes each request that would change something, even if it was refused, each login by
/// `docker login` and each failed one. The chunks of an upload are left out: its end is noted.
class audit_observer final : public observer {
public:
  /// `log` outlives the observer.
  explicit audit_observer(telemetry::audit_log& log) : log_{log} {}

  bool is_enabled() const noexcept override { return true; }
  bool wants_facts() const noexcept override { return true; }
  void finished(const finished_request& what) override;

private:
  telemetry::audit_log& log_;
};

/// Whether a request for this operation changes something that an auditor asks about.
bool is_audited(const operation& asked) noexcept;

} // namespace gantry::api
