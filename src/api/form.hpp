// The fields of an HTML form (application/x-www-form-urlencoded).
#pragma once

#include "domain/error.hpp"
#include "http/target.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::api {

class form {
public:
  /// A plus stands for a space.
  explicit form(std::string_view body);
  form(const form&) = delete;
  form& operator=(const form&) = delete;

  /// The first field of this name; empty if there is none. Errors: request_invalid (malformed
  /// encoding, control characters, invalid UTF-8).
  result<std::string> field(std::string_view name) const;
  bool has(std::string_view name) const { return fields_.count(name) > 0; }

private:
  const std::string text_;
  const http::query_parameters fields_;
};

} // namespace gantry::api
