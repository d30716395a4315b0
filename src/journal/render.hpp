// Recorded requests as JSON.
#pragma once

#include "journal/journal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace gantry::journal {

/// `{"name":…,"value":…}`, in ASCII.
boost::json::object render_pair(std::string_view name, std::string_view value);
/// Header lines as such pairs.
boost::json::array render_fields(std::string_view lines);
/// The parameters of a target as such pairs, still encoded.
boost::json::array render_parameters(std::string_view target);

/// One entry as a JSON object.
std::string render(const entry& seen);
/// `{"requests":[…],"count":N,"next":SEQ}`.
std::string render(const page& found);
boost::json::object to_json(const page& found);

} // namespace gantry::journal
