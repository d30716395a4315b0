// Delays as JSON.
#pragma once

#include "faults/delay.hpp"
#include "faults/json_members.hpp"

#include <boost/json/value.hpp>

namespace gantry::faults {

/// Reads the member `delay`: `"500ms"`; `{"min", "max"}`, evenly; `{"mean", "deviation"}`, the
/// normal distribution; or `{"mean"}`, the exponential one. The latter two may have `min` and
/// `max`, too, to which times are cut.
void read_delay(members& from, delay_time& into);

/// The inverse of `read_delay`. Precondition: `shown` is not the default.
boost::json::value to_json(const delay_time& shown);

} // namespace gantry::faults
