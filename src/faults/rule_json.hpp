// Rules as JSON: read from clients and files, and shown in lists.
#pragma once

#include "domain/error.hpp"
#include "faults/rule.hpp"

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

namespace gantry::faults {

/// The most bytes of the text of rules.
inline constexpr std::size_t max_rules_text = 256 * 1024;

/// Reads a rule:
///
///     {"name": "…", "match": {"method", "operation", "repository", "reference", "user_agent"},
///      "nth": N, "every": N, "probability": 0.5, "seed": N, "count": N,
///      "effect": {"status", "code", "message", "body", "content_type", "after", "headers",
///                 "delay": as `read_delay` says, "rate": "64KiB", "upload_rate": "64KiB",
///                 "reset_after", "reset_after_request", "truncate_after", "content_length",
///                 "corrupt_byte", "wrong_digest", "location": {"absent", "scheme", "host"},
///                 "endless_link"}}
///
/// The name of a named fault stands for its rule, to which the other members are added. Errors:
/// request_invalid, with the member that is wrong.
result<rule> read_rule(std::string_view text);
/// Reads one rule, or an array of rules. Errors: as `read_rule`.
result<std::vector<rule>> read_rules(std::string_view text);

/// The inverse of `read_rule`, without members that have their defaults.
boost::json::object to_json(const rule& shown);

} // namespace gantry::faults
