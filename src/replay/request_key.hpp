// When two requests are the same.
#pragma once

#include <string>
#include <string_view>

namespace gantry::replay {

/// Equal for requests with the same method, path and query: percent-encoding and the order of
/// parameters do not matter, nor do the values of secret parameters, which recordings hide.
std::string request_key(std::string_view method, std::string_view target);

} // namespace gantry::replay
