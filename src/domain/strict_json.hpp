// Documents of JSON as values, for readers that look at a few members of them. Manifests, which
// come by the thousand and may be large, are read from events (json_reader.hpp).
#pragma once

#include "domain/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace gantry {

/// Names of the members to keep, at every level. What stands under other names is read over; it
/// takes no memory. Without names all are kept.
using json_names = std::span<const std::string_view>;

/// More members than these are kept of no object: the tables of Boost.JSON have a hash without a
/// secret, so large ones can be made to take quadratic time.
inline constexpr std::size_t max_kept_members = 256;

/// `bytes` as `read_json` reads them. A value takes at most 16 bytes of memory per byte of text,
/// twice that while it grows. Errors: those of `read_json`; manifest_invalid (an object with more
/// than `max_kept_members`).
result<boost::json::value> parse_json(std::string_view bytes, std::size_t max_depth,
                                      json_names keep = {});

/// The same. Errors: manifest_invalid (not an object) as well.
result<boost::json::object> parse_object(std::string_view bytes, std::size_t max_depth,
                                         json_names keep = {});

/// Null counts as absent: Go programs write empty fields so.
const boost::json::value* find_member(const boost::json::object& object,
                                      std::string_view key) noexcept;

} // namespace gantry
