// HTTP Archives (HAR 1.2) as recorded exchanges.
#pragma once

#include "domain/error.hpp"
#include "replay/recorded.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace gantry::replay {

/// The most bytes of an archive.
inline constexpr std::size_t max_archive = 256 * 1024 * 1024;
/// The most exchanges of an archive.
inline constexpr std::size_t max_exchanges = 100'000;

/// Reads the requests and responses of an archive, in its order. Bodies are texts, or base64. What
/// a replay does not need is ignored: times, cookies, request bodies. Errors: request_invalid, with
/// the entry and the member that is wrong: `log.entries[3].request.url: …`.
result<std::vector<recorded>> read_har(std::string_view text);

} // namespace gantry::replay
