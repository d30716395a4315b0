#include "api/exchange.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace gantry::api {

namespace {

/// Bytes: most links are shorter.
constexpr std::size_t usual_link = 160;

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' ||
                  c == ']';
         });
}

/// The first item of a comma-separated list: what the proxy next to the client saw.
std::string_view first_of(std::string_view list) {
  auto item = list.substr(0, list.find(','));
  while (!item.empty() && item.back() == ' ')
    item.remove_suffix(1);
  return item;
}

/// The value of `name=` in the first element of a Forwarded field (RFC 7239), without quotes.
std::optional<std::string_view> forwarded(std::string_view field, std::string_view name) {
  field = first_of(field);
  while (!field.empty()) {
    const auto end = std::min(field.find(';'), field.size());
    auto pair = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    while (!pair.empty() && pair.front() == ' ')
      pair.remove_prefix(1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !boost::beast::iequals(pair.substr(0, equals), name))
      continue;
    auto value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

void append_path(std::string& link, const exchange& ex,
                 std::initializer_list<std::string_view> path) {
  link.append(ex.settings->prefix);
  for (const auto part : path)
    link.append(part);
}

/// What the proxy next to the client saw, or how the request came here.
std::string_view scheme_of(const exchange& ex) {
  auto scheme = ex.head.find("X-Forwarded-Proto");
  if (!scheme)
    if (auto field = ex.head.find("Forwarded"))
      scheme = forwarded(*field, "proto");
  if (!scheme)
    return own_scheme(ex);
  return first_of(*scheme) == "https" ? "https" : "http";
}

} // namespace

std::string_view own_scheme(const exchange& ex) noexcept {
  return ex.peer.is_secure() ? "https" : "http";
}

std::string_view host_of(const exchange& ex) {
  if (auto host = ex.head.find("X-Forwarded-Host"); host && is_host(first_of(*host)))
    return first_of(*host);
  if (auto field = ex.head.find("Forwarded"))
    if (auto host = forwarded(*field, "host"); host && is_host(*host))
      return *host;
  if (auto host = ex.head.find(http::request_head::field::host); host && is_host(*host))
    return *host;
  return ex.server.address;
}

std::string client_address(const exchange& ex) {
  const auto remote = ex.peer.remote();
  return std::string{remote.substr(0, remote.rfind(':'))};
}

std::string absolute_link_to(const exchange& ex, std::initializer_list<std::string_view> path) {
  std::string link;
  link.reserve(usual_link);
  link.append(scheme_of(ex)).append("://").append(host_of(ex));
  append_path(link, ex, path);
  return link;
}

std::string link_to(const exchange& ex, std::initializer_list<std::string_view> path) {
  if (ex.settings->absolute_locations)
    return absolute_link_to(ex, path);
  std::string link;
  link.reserve(usual_link);
  append_path(link, ex, path);
  return link;
}

} // namespace gantry::api
