#include "limits/rate_rule.hpp"

#include "base/text.hpp"

#include <optional>
#include <stdexcept>

namespace gantry::limits {

namespace {

std::optional<sharing> sharing_named(std::string_view name) noexcept {
  if (name == "address")
    return sharing::address;
  if (name == "user")
    return sharing::user;
  return std::nullopt;
}

std::optional<requests> requests_named(std::string_view name) noexcept {
  if (name.empty())
    return requests::all;
  if (name == "read")
    return requests::read;
  if (name == "write")
    return requests::write;
  if (name == "delete")
    return requests::remove;
  return std::nullopt;
}

} // namespace

rate_rule parse_rate_rule(std::string_view text) {
  const auto refuse = [text](const std::string& reason) {
    throw std::invalid_argument{"'" + excerpt(text) + "' " + reason +
                                ": write one such as address=100/s or user:write=30/min"};
  };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    refuse("has no equals sign");
  const auto who = text.substr(0, equals);
  const auto colon = who.find(':');
  const auto among = sharing_named(who.substr(0, colon));
  if (!among)
    refuse("does not begin with address or user");
  const auto counted =
    requests_named(colon == std::string_view::npos ? std::string_view{} : who.substr(colon + 1));
  if (!counted || (colon != std::string_view::npos && colon + 1 == who.size()))
    refuse("limits requests that are not read, write or delete");
  return {*among, *counted, parse_rate(text.substr(equals + 1))};
}

} // namespace gantry::limits
