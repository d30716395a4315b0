// One run of a registry's program on a simulated disk: the engine and the actors, from its start to
// its end.
#pragma once

#include "actors/errors.hpp"
#include "actors/registry_services.hpp"
#include "simulation/disk.hpp"
#include "simulation/schedule.hpp"
#include "storage/disk/engine.hpp"
#include "storage/sqlite/vfs.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace gantry::simulation {

inline constexpr const char* data_path = "/data";

struct registry_settings {
  std::size_t inline_threshold = 64;
  std::chrono::milliseconds blob_lease = std::chrono::minutes{1};
  std::chrono::milliseconds grace = std::chrono::seconds{30};
  std::chrono::milliseconds upload_expiry = std::chrono::minutes{10};
  bool delete_untagged = false;
  /// 0: deleted manifests are not kept.
  std::chrono::milliseconds undo_window{0};
  std::uint64_t reserve = 64 * 1024;
};

/// Ways to be wrong, for tests of the simulation itself.
struct plants {
  std::function<std::unique_ptr<mount>(disk&, mount::clock)> make_mount;
  /// May return a decorator.
  std::function<std::unique_ptr<storage_engine>(std::unique_ptr<storage_engine>, mount&, schedule&,
                                                const std::function<time_point()>& now)>
    decorate;
};

class registry {
public:
  using clock = std::function<time_point()>;

  /// Starts it. Throws std::runtime_error if the disk does not let it, or the process ends.
  registry(disk& medium, schedule& steps, dice& choices, const clock& now,
           const registry_settings& settings, const plants& planted,
           mount::observer before_each_call);
  ~registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  mount& files() noexcept { return *files_; }
  storage_engine& engine() noexcept { return *engine_; }
  registry_services& services() noexcept { return *services_; }
  caf::actor_system& system() noexcept { return *system_; }
  /// Whether actors other than those of the system itself are left.
  std::size_t running_actors() const { return system_->registry().running(); }

  /// What a collection may remove.
  gc_policy policy() const;
  /// Dismisses the actors; the engine finishes what was submitted.
  void stop();
  /// After `stop`: closes everything but the disk. Returns how many descriptors are left.
  std::size_t close();

private:
  struct testing_config : caf::actor_system_config {
    testing_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  void start_actors(const clock& now);

  schedule& steps_;
  const registry_settings settings_;
  std::unique_ptr<mount> files_;
  storage::sqlite::vfs database_files_;
  std::unique_ptr<storage_engine> engine_;
  std::unique_ptr<registry_services> services_;
  testing_config config_;
  std::unique_ptr<caf::actor_system> system_;
  supervisor_actor supervisor_;
};

} // namespace gantry::simulation
