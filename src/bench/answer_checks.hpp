// What is wrong with an answer, in the words of a report; nothing where it is right.
#pragma once

#include "bench/image_source.hpp"
#include "client/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::bench {

/// "status_503".
std::string status_error(unsigned status);

/// Nothing where the answer has this status and, if both it and the caller name a digest, this one.
std::string check_answer(const client::response& answer, unsigned status, std::string_view digest);

/// `check_answer` with 202, and the Location that an upload goes on at.
std::string take_location(const client::response& answer, std::string_view target,
                          std::string& location);

/// `check_answer` with 200, and the size where a HEAD's answer names one.
std::string check_description(const client::response& answer, std::string_view digest,
                              std::uint64_t size);

/// `check_answer` with 200, and the size; also the hash of the body with `verify`.
std::string check_body(const client::response& answer, const image_blob& blob, bool verify);

/// `check_answer` with 206, and that the answer is the `size` bytes from `begin` on; after the last
/// of the blob also the hash of all with `verify`.
std::string check_range(const client::response& answer, const image_blob& blob, std::uint64_t begin,
                        std::uint64_t size, bool verify);

} // namespace gantry::bench
