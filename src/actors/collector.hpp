// The collector actor: once an interval it tells uploads to expire and idle repositories to sleep.
//
// Life: spawned by the supervisor, and again if it should die; ended by it first. It decides
// nothing: whoever gets the message knows its own age.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/services.hpp"

namespace gantry {

collector_actor::behavior_type collector(collector_actor::pointer self, services* environment);

} // namespace gantry
