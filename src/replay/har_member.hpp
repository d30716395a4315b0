// Members of an archive, with their places for messages.
#pragma once

#include "domain/error.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::replay {

/// One value, and the path that leads to it: `log.entries[3].request`. The document must outlive
/// it. All errors are request_invalid and begin with the path.
class har_member {
public:
  har_member(const boost::json::value& value, std::string path)
    : value_{&value}, path_{std::move(path)} {}

  error wrong(std::string_view what) const;

  /// Errors: not an object, or no such member.
  result<har_member> member(std::string_view name) const;
  bool has(std::string_view name) const;
  /// Precondition: an array that has this element.
  har_member element(std::size_t index) const;

  /// Errors: another type.
  result<std::string_view> text() const;
  result<const boost::json::array*> list() const;
  /// Errors: not a number from 200 to 599.
  result<unsigned> status() const;
  bool is_positive() const;

private:
  const boost::json::value* value_;
  std::string path_;
};

} // namespace gantry::replay
