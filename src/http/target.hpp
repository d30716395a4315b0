// Takes the request target apart: path, query, percent-encoding. Knows no routes.
#pragma once

#include "http/refusal.hpp"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::http {

/// Both still encoded, without the question mark.
struct raw_target {
  std::string_view path;
  std::string_view query;
};

/// Drops scheme and authority of the absolute form (RFC 9112, 3.2.2).
raw_target split_target(std::string_view target) noexcept;
/// The authority of the absolute form; absent for every other form.
std::optional<std::string_view> authority_of(std::string_view target) noexcept;

/// Decodes once; `+` stays a plus, because clients send it unencoded in media types. Errors:
/// malformed (malformed encoding, control characters, invalid UTF-8).
result<std::string> percent_decode(std::string_view text);

/// The parameters of one query, in order; the query must outlive them. Values are decoded when they
/// are read, so an unused parameter may hold anything.
class query_parameters {
public:
  explicit query_parameters(std::string_view query);

  /// The first value of this name: a repetition cannot override it. Errors: malformed.
  result<std::optional<std::string>> first(std::string_view key) const;
  /// All values of this name. Errors: malformed.
  result<std::vector<std::string>> all(std::string_view key) const;
  std::size_t count(std::string_view key) const;

  /// All parameters but these, as written. Characters that would end a URI inside a Link header are
  /// percent-encoded.
  std::string others(std::initializer_list<std::string_view> than = {"n", "last"}) const;

private:
  struct parameter {
    std::string key;
    std::string_view encoded_value;
    std::string_view whole;
  };
  std::vector<parameter> parameters_;
};

} // namespace gantry::http
