// URLs in field values: the Link to the next page of a list (RFC 8288; distribution-spec, "Listing
// Tags"), and digests in paths.
#pragma once

#include "domain/digest.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::api {

/// `text` as a value in a query: all but unreserved characters are percent-encoded (RFC 3986).
std::string percent_encode(std::string_view text);

/// A digest as the last segment of a path: only verbatim ones need encoding.
std::string digest_in_path(const digest& id);

/// `<target?last=…&n=…&others>; rel="next"`; `others` is already encoded.
std::string next_page_link(std::string_view target, std::string_view last, std::size_t n,
                           std::string_view others);

/// `<target?artifactType=…&last=…>; rel="next"`.
std::string next_referrers_link(std::string_view target, const digest& last,
                                const std::vector<std::string>& artifact_types);

} // namespace gantry::api
