#include "simulation/registry.hpp"

#include "actors/supervisor.hpp"

#include <caf/scoped_actor.hpp>

#include <tuple>
#include <utility>

namespace gantry::simulation {

namespace {

std::int64_t milliseconds_of(time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

storage::sqlite::surroundings around(schedule& steps, dice& choices, const registry::clock& now) {
  return {[&choices](std::span<unsigned char> bytes) {
            for (auto& each : bytes)
              each = static_cast<unsigned char>(choices.next());
          },
          [now] { return milliseconds_of(now()); },
          [&steps](std::chrono::microseconds) { steps.give_way(); }};
}

actor_options options_of(const registry_settings& settings) {
  actor_options options;
  options.validation = validation_policy::durable();
  options.upload_expiry = settings.upload_expiry;
  options.blob_lease = settings.blob_lease;
  options.gc_interval = {};
  options.gc.grace = settings.grace;
  options.gc.delete_untagged = settings.delete_untagged;
  options.gc.undo_window = settings.undo_window;
  options.gc.upload_expiry = settings.upload_expiry;
  options.blob_shards = 2;
  options.own_threads = false;
  return options;
}

storage::disk_options options_of(const registry_settings& settings, mount& files, schedule& steps,
                                 const registry::clock& now) {
  return {.folder = data_path,
          .inline_threshold = settings.inline_threshold,
          .restart_hold = settings.blob_lease,
          .reserve = settings.reserve,
          .workers = 0,
          .now = now,
          .files = files,
          .steps = &steps};
}

} // namespace

registry::registry(disk& medium, schedule& steps, dice& choices, const clock& now,
                   const registry_settings& settings, const plants& planted,
                   mount::observer before_each_call)
  : steps_{steps},
    settings_{settings},
    files_{planted.make_mount ? planted.make_mount(medium, now)
                              : std::make_unique<mount>(medium, now)},
    database_files_{*files_, around(steps, choices, now)} {
  files_->set_database_vfs(database_files_.name());
  files_->observe(std::move(before_each_call));
  engine_ = storage::open_disk_engine(options_of(settings, *files_, steps, now));
  if (planted.decorate)
    engine_ = planted.decorate(std::move(engine_), *files_, steps, now);
  start_actors(now);
}

void registry::start_actors(const clock& now) {
  services_ = std::make_unique<registry_services>(*engine_, options_of(settings_));
  services_->now = now;
  system_ = std::make_unique<caf::actor_system>(config_);
  steps_.use_actors(&dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler()));
  supervisor_ = system_->spawn(gantry::supervisor, services_.get());
  caf::anon_send(supervisor_, msg::startup{});
  steps_.run_until([this] { return services_->collector.get() != nullptr; });
}

gc_policy registry::policy() const {
  return {.grace = settings_.grace,
          .upload_expiry = settings_.upload_expiry,
          .delete_untagged = settings_.delete_untagged,
          .undo_window = settings_.undo_window};
}

void registry::stop() {
  caf::anon_send(supervisor_, msg::shutdown{});
  steps_.run_until([this] { return !services_->collector.get() && !services_->directory.get(); });
  steps_.run_all();
  supervisor_ = supervisor_actor{};
}

std::size_t registry::close() {
  steps_.use_actors(nullptr);
  system_.reset();
  services_.reset();
  engine_.reset();
  return files_->open_descriptors();
}

registry::~registry() {
  close();
}

} // namespace gantry::simulation
