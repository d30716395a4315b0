// JSON as manifests need it: read strictly, so that no two readers see different things in the same
// bytes.
#pragma once

#include "domain/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace gantry {

/// One object without duplicate keys anywhere: of those Boost.JSON would silently keep the last,
/// other readers the first. Linear in the size of `bytes`. Errors: manifest_invalid (not JSON, no
/// object, invalid UTF-8, nested deeper than `max_depth`, duplicate keys).
result<boost::json::object> parse_object(std::string_view bytes, std::size_t max_depth,
                                         boost::json::storage_ptr storage = {});

/// Null counts as absent: Go programs write empty fields so.
const boost::json::value* find_member(const boost::json::object& object,
                                      std::string_view key) noexcept;

/// Empty where there is none. Errors: manifest_invalid (not a string).
result<std::string> read_string(const boost::json::object& object, std::string_view key);

} // namespace gantry
