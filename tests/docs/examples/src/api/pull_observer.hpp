// Tells the pull counter of each manifest that was pulled.
#pragma once

#include "actors/registry_services.hpp"
#include "api/observer.hpp"

namespace gantry::api {

// [snippet pull-observer]
class pull_observer final : public observer {
public:
  /// `services` outlives the observer.
  explicit pull_observer(registry_services& services) : services_{services} {}

  bool is_enabled() const noexcept override { return true; }
  bool wants_facts() const noexcept override { return true; }
  void finished(const finished_request& what) override;

private:
  registry_services& services_;
};
// [/snippet]

} // namespace gantry::api
