// The digester actor: hashes bytes of large uploads on a thread of its own, beside the thread that
// takes them from the socket; and uploads that must be hashed as a whole, in parts, so that others
// have their turn.
//
// Life: spawned by the supervisor, several of them, and again if one should die; ended by it behind
// the uploads. An upload stays with one digester, so that its bytes are hashed in their order.
#pragma once

#include "actors/interfaces.hpp"

#include <cstddef>

namespace gantry {

/// Reads the part and adds it to the hash. Errors: storage_failed.
result<msg::acknowledged> hash_part(const msg::hash_part& part);

/// `number` is its place in `registry_services::digesters`: CAF dereferences a null pointer where a
/// function has no argument.
digester_actor::behavior_type digester(digester_actor::pointer self, std::size_t number);

} // namespace gantry
