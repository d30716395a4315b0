// How events are posted to an endpoint, and which answers are good.
#pragma once

#include "client/poster.hpp"
#include "webhooks/endpoint.hpp"

#include <string>

namespace gantry::webhooks {

/// `at` is the URL of the endpoint. Throws std::runtime_error if the system's certificates cannot
/// be read.
client::poster_settings poster_settings_of(const endpoint& who, const target& at,
                                           std::string user_agent);

/// As docker's registry has it: all but errors, also redirects, which are not followed.
constexpr bool is_accepted(unsigned status) noexcept {
  return status >= 200 && status < 400;
}

/// Why an answer, or none, is a failure: `it answers 503 (busy)`. Empty for an accepted one.
std::string failure_in(const client::post_answer& got);

} // namespace gantry::webhooks
