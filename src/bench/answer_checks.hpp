// Checks of responses. Each returns what is wrong, in the words of a report; empty if nothing.
#pragma once

#include "bench/image_source.hpp"
#include "client/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::bench {

/// "status_503".
std::string status_error(unsigned status);

/// The response must have this status and, if it and the caller name a digest, this digest.
std::string check_answer(const client::response& answer, unsigned status, std::string_view digest);

/// `check_answer` with 202. Sets `location` to the target at which the upload continues.
std::string take_location(const client::response& answer, std::string_view target,
                          std::string& location);

/// `check_answer` with 200. The Content-Length, if there is one, must be `size`.
std::string check_description(const client::response& answer, std::string_view digest,
                              std::uint64_t size);

/// `check_answer` with 200. The body must have the size of the blob and, with `verify`, its hash.
std::string check_body(const client::response& answer, const image_blob& blob, bool verify);

/// `check_answer` with 206. The body must be the `size` bytes from `begin` on. If they are the last
/// ones and with `verify`, the hash of all ranges must be that of the blob.
std::string check_range(const client::response& answer, const image_blob& blob, std::uint64_t begin,
                        std::uint64_t size, bool verify);

} // namespace gantry::bench
