// The digester actor: hashes the bytes of large uploads on a separate thread while connection
// threads receive them. It also hashes whole uploads, in parts, so that other uploads get their
// turn.
//
// Lifetime: the supervisor spawns several, respawns any that dies, and ends them after the uploads.
// One digester serves an upload throughout, so its bytes are hashed in order.
#pragma once

#include "actors/interfaces.hpp"

#include <cstddef>

namespace gantry {

/// `number` is the index in `registry_services::digesters`. It is unused, but CAF dereferences a
/// null pointer if a function actor has no argument.
digester_actor::behavior_type digester(digester_actor::pointer self, std::size_t number);

} // namespace gantry
