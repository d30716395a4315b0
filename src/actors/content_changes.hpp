// How the directory replaces the contents of the registry.
#pragma once

#include "actors/directory.hpp"

#include <cstdint>

namespace gantry {

using directory_pointer = directory_actor::stateful_pointer<directory_state>;
using change_promise = caf::typed_response_promise<msg::acknowledged>;

// Each of these begins a change, for which `promise` gets the answer. Precondition: not
// `directory_state::changing`.

/// Empties and seeds the engine. The indexes are empty from here on, so requests go to the
/// directory and wait.
void reset(directory_pointer self, registry_services& services, const change_promise& promise);
/// Removes the repositories within `top`; their actors end first.
void reset_within(directory_pointer self, registry_services& services, const repository_name& top,
                  const change_promise& promise);
/// Gives a repository another name; the actors of both names end first. Errors: name_unknown,
/// name_taken, tag_immutable.
void rename(directory_pointer self, registry_services& services, const msg::rename_repository& how,
            const change_promise& promise);
/// Returns to a snapshot. Errors: memory_only, snapshot_unknown.
void restore(directory_pointer self, registry_services& services, std::uint64_t id,
             const change_promise& promise);
/// Saves the contents. Errors: memory_only, those of `snapshot_engine::take`.
void take_snapshot(directory_pointer self, registry_services& services,
                   const caf::typed_response_promise<msg::snapshot_reply>& promise);

/// The engine's snapshots. Errors: memory_only.
result<snapshot_engine*> find_snapshots(registry_services& services);

/// One slice of the dismissals, for all pending changes.
void dismiss_some(directory_pointer self, registry_services& services);
/// An actor has ended that a change may wait for.
void note_end(directory_pointer self, registry_services& services, const caf::actor_addr& gone);

} // namespace gantry
