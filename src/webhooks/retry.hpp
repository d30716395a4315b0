// How long an endpoint is left alone after failures.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace gantry::webhooks {

/// No pause is longer, unless the endpoint's own backoff is.
inline constexpr std::chrono::milliseconds longest_pause = std::chrono::minutes{5};

/// The pause after so many failures in a row (from 1): none below the threshold, then `backoff`,
/// then twice as long each time. `part` of it is taken, 0.5 … 1, so that the registries of an
/// endpoint do not come back at once. At least as long as the endpoint wants, within the limit.
std::chrono::milliseconds pause_after(std::size_t failures, std::size_t threshold,
                                      std::chrono::milliseconds backoff,
                                      std::optional<std::chrono::seconds> wanted, double part);

} // namespace gantry::webhooks
