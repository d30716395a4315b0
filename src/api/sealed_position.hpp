// Positions in lists that a client keeps for the server: where the next page begins, if that may
// name what the client must not know.
#pragma once

#include "domain/error.hpp"
#include "domain/text_seal.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gantry::api {

/// Bytes: no shorter position has a shorter seal, so that the length tells nothing. A value of 256
/// bytes, and the longest name of a repository.
inline constexpr std::size_t longest_position = 512;

/// Whether a text is a sealed position, or looks like one and must be sealed as well.
bool looks_sealed(std::string_view position) noexcept;

/// The `last` for a link to the next page. `list` is the name of the list and of its order, at most
/// 64 bytes: in no other list the position is one. Precondition: neither text contains a NUL.
std::string sealed_position(const text_seal& seal, std::string_view list,
                            std::string_view position);

/// The position that a client sends as `last`; one that was not sealed is as it is. Errors:
/// pagination_invalid.
result<std::string> opened_position(const text_seal& seal, std::string_view list,
                                    const std::string& last);

} // namespace gantry::api
