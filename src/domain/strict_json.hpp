// JSON documents as values, for readers of a few members. Manifests, which may be many and large,
// are read as events (json_reader.hpp).
#pragma once

#include "domain/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace gantry {

/// Names of the members to keep, at every level. Other members are skipped and take no memory. If
/// empty, all members are kept.
using json_names = std::span<const std::string_view>;

/// The most members kept per object: Boost.JSON's tables use an unkeyed hash, so large objects
/// could be made to take quadratic time.
inline constexpr std::size_t max_kept_members = 256;

/// Parses `bytes` like `read_json`. A value takes at most 16 bytes of memory per byte of text,
/// twice that while it grows. Errors: those of `read_json`; manifest_invalid (an object with more
/// than `max_kept_members`).
result<boost::json::value> parse_json(std::string_view bytes, std::size_t max_depth,
                                      json_names keep = {});

/// Like `parse_json`. Errors: also manifest_invalid (not an object).
result<boost::json::object> parse_object(std::string_view bytes, std::size_t max_depth,
                                         json_names keep = {});

/// Null counts as absent because Go programs write empty fields as null.
const boost::json::value* find_member(const boost::json::object& object,
                                      std::string_view key) noexcept;

} // namespace gantry
