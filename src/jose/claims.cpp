#include "jose/claims.hpp"

#include "domain/strict_json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace gantry::jose {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t max_claims_depth = 16;
/// Seconds since 1970: the end of the year 9999.
constexpr double max_seconds = 253'402'300'799;

refusal invalid(std::string_view name, std::string_view what) {
  return refuse(reason::claims_invalid,
                "the claim '" + std::string{name} + "' " + std::string{what});
}

outcome<void> read_text(const json::object& all, std::string_view name,
                        std::optional<std::string>& into) {
  const auto* const value = find_member(all, name);
  if (value == nullptr)
    return {};
  if (!value->is_string())
    return invalid(name, "is not a string");
  into = std::string{value->get_string()};
  return {};
}

outcome<void> read_date(const json::object& all, std::string_view name,
                        std::optional<numeric_date>& into) {
  const auto* const value = find_member(all, name);
  if (value == nullptr)
    return {};
  if (!value->is_number())
    return invalid(name, "is not a number");
  // Exact: the integers in range have fewer bits than a double.
  const auto seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds <= max_seconds))
    return invalid(name, "is not a date from 1970 to 9999");
  // Compared in this unit, because the clock's would overflow.
  const milliseconds exact{static_cast<std::int64_t>(seconds * 1000)};
  const auto last = std::chrono::floor<milliseconds>(last_date.time_since_epoch());
  into = numeric_date{std::min(exact, last)};
  return {};
}

outcome<void> read_audiences(const json::object& all, std::vector<std::string>& into) {
  const auto* const value = find_member(all, "aud");
  if (value == nullptr)
    return {};
  if (value->is_string()) {
    into.emplace_back(value->get_string());
    return {};
  }
  if (!value->is_array())
    return invalid("aud", "is neither a string nor a list");
  for (const auto& element : value->get_array()) {
    if (!element.is_string())
      return invalid("aud", "is not a list of strings");
    into.emplace_back(element.get_string());
  }
  return {};
}

outcome<void> read_registered(const json::object& all, claims& into) {
  if (auto read = read_text(all, "iss", into.issuer); !read)
    return read;
  if (auto read = read_text(all, "sub", into.subject); !read)
    return read;
  if (auto read = read_text(all, "jti", into.id); !read)
    return read;
  if (auto read = read_date(all, "exp", into.expires); !read)
    return read;
  if (auto read = read_date(all, "nbf", into.not_before); !read)
    return read;
  if (auto read = read_date(all, "iat", into.issued); !read)
    return read;
  return read_audiences(all, into.audiences);
}

} // namespace

outcome<claims> read_claims(std::string_view payload) {
  auto all = parse_object(payload, max_claims_depth);
  if (!all)
    return refuse(reason::claims_invalid, "the claims are refused: " + all.error().detail);
  claims read;
  if (const auto done = read_registered(*all, read); !done)
    return done.error();
  read.all = std::move(*all);
  return read;
}

} // namespace gantry::jose
