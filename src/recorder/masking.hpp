// What an archive must not hold, and what makes it one of this proxy. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::recorder {

/// Names and values, in the order in which they came.
using field_list = std::vector<std::pair<std::string, std::string>>;

/// Path and query with the values of secret parameters masked.
std::string masked_target(std::string_view target);

/// The value of a field as it may be recorded: masked if the field holds a secret; in Location, the
/// values of secret parameters are.
std::string masked_value(std::string_view name, std::string_view value);

/// The answer of a token server with its tokens masked: the secret members of a JSON object. Other
/// bodies are returned unchanged, and so are manifests and blobs, because their digests must fit.
std::string masked_body(std::string_view target, std::string_view body);

/// Whether a field concerns one connection only (RFC 9110, 7.6.1), or frames the body. `connection`
/// is the value of the field Connection.
bool is_hop_by_hop(std::string_view name, std::string_view connection) noexcept;

/// The path and query of a Location on the host `authority`; other values are returned unchanged.
std::string local_location(std::string_view location, std::string_view authority);

} // namespace gantry::recorder
