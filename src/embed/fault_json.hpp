// Public faults as JSON, so that one reader judges all faults.
#pragma once

#include <gantry/fault.hpp>

#include <string>

namespace gantry::embed {

/// The text for `faults::read_rules`, without members that are absent.
std::string to_json(const fault& made);
/// That of a named fault.
std::string named_fault(const std::string& name);

} // namespace gantry::embed
