// Patterns of names of repositories and of tags, as clients write them.
#pragma once

#include "domain/error.hpp"

#include <string>
#include <string_view>

namespace gantry {

/// Check a pattern, in which `*` stands for any characters, slashes included. The message of an
/// error begins with `parameter`, which is what the client calls it. Errors: request_invalid
/// (nothing could match it).
result<std::string> parse_repository_glob(std::string_view parameter, std::string_view text);
result<std::string> parse_tag_glob(std::string_view parameter, std::string_view text);

} // namespace gantry
