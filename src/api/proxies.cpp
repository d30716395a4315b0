#include "api/proxies.hpp"

#include "base/text.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace gantry::api {

namespace {

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' ||
                  c == ']';
         });
}

/// The last item of a comma-separated list: what the nearest proxy says. Those before it may be
/// what the client has sent.
std::string_view last_of(std::string_view list) {
  const auto comma = list.rfind(',');
  return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

std::string_view without_port(std::string_view address) {
  if (address.starts_with('['))
    return address.substr(0, address.find(']') + 1);
  const auto colon = address.find(':');
  return address.find(':', colon + 1) == std::string_view::npos ? address.substr(0, colon)
                                                                : address;
}

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"'
           ? text.substr(1, text.size() - 2)
           : text;
}

/// The value of `name=` in an element of a Forwarded field (RFC 7239), without quotes.
std::optional<std::string_view> member_of(std::string_view element, std::string_view name) {
  while (!element.empty()) {
    const auto end = std::min(element.find(';'), element.size());
    const auto pair = trim(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && boost::beast::iequals(pair.substr(0, equals), name))
      return unquoted(pair.substr(equals + 1));
  }
  return std::nullopt;
}

/// What the nearest proxy says in a field, if it is trusted.
std::optional<std::string_view> told(const exchange& ex, std::string_view name) {
  std::optional<std::string_view> found;
  if (!ex.client.empty())
    ex.head.visit_fields([&](std::string_view each, std::string_view value) {
      if (boost::beast::iequals(each, name))
        found = last_of(value);
    });
  return found;
}

std::optional<std::string_view> forwarded(const exchange& ex, std::string_view name) {
  const auto element = told(ex, "Forwarded");
  return element ? member_of(*element, name) : std::nullopt;
}

/// Walks from the nearest proxy towards the client, and stops at the first address that no trusted
/// proxy has: what stands before that is only what a client says.
std::string nearest_stranger(std::string_view list, std::string_view proxy,
                             const net::networks& trusted, bool is_forwarded) {
  std::string nearest{proxy};
  while (!list.empty()) {
    const auto comma = list.rfind(',');
    const auto item = last_of(list);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
    const auto named = is_forwarded ? member_of(item, "for").value_or("") : item;
    const auto address = without_port(named);
    if (!net::parse_address(address))
      return nearest;
    nearest = address;
    if (!trusted.contains(address))
      return nearest;
  }
  return nearest;
}

std::string_view remote_address(const exchange& ex) noexcept {
  return net::address_of_peer(ex.peer.remote());
}

} // namespace

void look_behind_proxies(exchange& ex) {
  const auto& trusted = ex.settings->trusted_proxies;
  const auto proxy = remote_address(ex);
  // What relays a client without naming it passes on whatever that client says.
  const bool is_relayed_blindly = ex.peer.relayed() == net::relay::unnamed;
  if (trusted.empty() || is_relayed_blindly || !trusted.contains(proxy))
    return;
  // Some proxies add a field behind that of the client, which alone would be what the client says.
  if (const auto list = ex.head.find_list("X-Forwarded-For"); !list.empty())
    ex.client = nearest_stranger(list, proxy, trusted, false);
  else
    ex.client = nearest_stranger(ex.head.find_list("Forwarded"), proxy, trusted, true);
}

std::string client_address(const exchange& ex) {
  return ex.client.empty() ? std::string{remote_address(ex)} : ex.client;
}

std::string_view client_name(const exchange& ex) noexcept {
  return ex.client.empty() ? std::string_view{ex.peer.remote()} : std::string_view{ex.client};
}

std::string_view own_scheme(const exchange& ex) noexcept {
  return ex.peer.is_secure() ? "https" : "http";
}

std::string_view scheme_of(const exchange& ex) {
  auto scheme = told(ex, "X-Forwarded-Proto");
  if (!scheme)
    scheme = forwarded(ex, "proto");
  if (!scheme)
    return own_scheme(ex);
  return *scheme == "https" ? "https" : "http";
}

std::string_view host_of(const exchange& ex) {
  if (const auto host = told(ex, "X-Forwarded-Host"); host && is_host(*host))
    return *host;
  if (const auto host = forwarded(ex, "host"); host && is_host(*host))
    return *host;
  if (const auto host = ex.head.find(http::request_head::field::host); host && is_host(*host))
    return *host;
  return ex.server.address;
}

} // namespace gantry::api
