// Recorded requests as JSON.
#pragma once

#include "journal/journal.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace gantry::journal {

/// Client text as ASCII: JSON is UTF-8, but a client may send any bytes. Others become `?`.
std::string printable(std::string_view text);
/// `2026-01-31T12:00:00.123456Z`.
std::string render_time(std::chrono::system_clock::time_point time);

/// One entry as a JSON object.
std::string render(const entry& seen);
/// `{"requests":[…],"count":N,"next":SEQ}`.
std::string render(const page& found);

} // namespace gantry::journal
