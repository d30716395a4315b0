// The faults that are set, and the named ones, as JSON.
#pragma once

#include "faults/fault_set.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <vector>

namespace gantry::faults {

/// Each rule as `to_json` shows it, with its `id`, and how many requests it has `matched` and hit.
boost::json::array to_json(const std::vector<set_fault>& list);
/// The name and the help of each named fault.
boost::json::array named_to_json();
/// Why `fault_set::add` refused faults.
std::string too_many_faults();

} // namespace gantry::faults
