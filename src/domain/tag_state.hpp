// What a tag points to, and since when.
#pragma once

#include "domain/digest.hpp"
#include "domain/history.hpp"
#include "domain/reference.hpp"
#include "domain/time_point.hpp"

namespace gantry {

struct tag_state {
  tag name;
  digest target;
  /// Of the last entry of its history; empty and null if that is gone.
  time_point since = {};
  changer_ptr by = nullptr;
};

} // namespace gantry
