// How a repository begins an upload, or continues one that was saved.
#pragma once

#include "actors/dispatch.hpp"
#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>

namespace gantry {

class repository_state;

/// Spawns a session for `parent`, which watches it, and adds it to the index. Answers as the
/// parent. Errors: too_many_uploads, quota_reached, insufficient_storage, disk_full,
/// storage_failed.
void start_upload(repository_actor::stateful_pointer<repository_state> parent,
                  registry_services& services, const msg::start_upload& request,
                  const shared_completion<msg::upload_started>& done);
/// Spawns a session for a saved upload; if there is one already, returns that. Answers as the
/// parent. Errors: upload_unknown, disk_full, storage_failed.
void resume_upload(repository_actor::stateful_pointer<repository_state> parent,
                   registry_services& services, const upload_id& id,
                   const shared_completion<msg::upload_started>& done);

} // namespace gantry
