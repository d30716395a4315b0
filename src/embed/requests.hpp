// Recorded requests as the public types show them.
#pragma once

#include "journal/journal.hpp"

#include <gantry/request.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace gantry::embed {

/// The matching requests of a journal. Throws std::invalid_argument for a status that is not one.
std::vector<request> read(const journal::journal& recorded, const request_filter& which);

/// Waits until `count` requests match, or the time is over; returns those that match then. The
/// condition of the filter runs on this thread. Throws as `read`. Precondition: `count` is at least
/// one.
std::vector<request> wait_for(journal::journal& recorded, const request_filter& which,
                              std::size_t count, std::chrono::milliseconds timeout);

/// What was expected, how much of it there is, and the last requests that were recorded.
std::string explain(const journal::journal& recorded, const request_filter& which,
                    std::size_t count);

} // namespace gantry::embed
