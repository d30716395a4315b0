// A change as JSON.
#pragma once

#include "domain/changes.hpp"
#include "watch/batch.hpp"

#include <boost/json/object.hpp>

namespace gantry::watch {

/// Whether it is known which user asked for the change.
bool has_user(const logged_change& change) noexcept;

/// The data of an event: `{"sequence":2,"kind":"push","time":"…Z","repository":"team/app",
/// "tag":"1.0","before":null,"after":"sha256:…","size":7,"mediaType":"…","user":"ann"}`; without
/// `user` if there is none.
boost::json::object to_json(const logged_change& change, view as);

} // namespace gantry::watch
