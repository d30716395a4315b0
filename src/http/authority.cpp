#include "http/authority.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <arpa/inet.h>

namespace gantry::http {

namespace {

constexpr std::size_t max_host = 255;
constexpr std::size_t max_port_digits = 5;

struct parts {
  std::string_view host;
  std::string_view port;
};

bool is_ip(int family, std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  std::array<unsigned char, sizeof(in6_addr)> address;
  if (text.size() >= copy.size())
    return false;
  std::ranges::copy(text, copy.begin());
  return ::inet_pton(family, copy.data(), address.data()) == 1;
}

bool is_bracketed_ip(std::string_view host) noexcept {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         is_ip(AF_INET6, host.substr(1, host.size() - 2));
}

bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

/// `reg-name`: unreserved characters, sub-delims and percent-encoded bytes.
bool is_name(std::string_view host) noexcept {
  constexpr std::string_view marks = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < host.size(); ++i) {
    if (is_alphanumeric(host[i]) || marks.find(host[i]) != std::string_view::npos)
      continue;
    if (host[i] != '%' || i + 2 >= host.size() || hex_value(host[i + 1]) < 0 ||
        hex_value(host[i + 2]) < 0)
      return false;
    i += 2;
  }
  return true;
}

std::optional<std::uint16_t> to_port(std::string_view digits) noexcept {
  std::uint16_t port = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, port);
  return stop == end && failure == std::errc{} ? std::optional{port} : std::nullopt;
}

std::optional<parts> split(std::string_view text) noexcept {
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos)
    return std::nullopt;
  const auto colon = std::min(text.find(':', bracket), text.size());
  const parts found{text.substr(0, colon), text.substr(std::min(colon + 1, text.size()))};
  if (found.host.size() > max_host || !(is_bracketed_ip(found.host) || is_name(found.host)))
    return std::nullopt;
  if (!found.port.empty() && (found.port.size() > max_port_digits || !to_port(found.port)))
    return std::nullopt;
  return found;
}

bool is_scheme(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  });
}

} // namespace

std::optional<authority> parse_authority(std::string_view text) {
  const auto found = split(text);
  if (!found)
    return std::nullopt;
  return authority{in_lower_case(found->host), to_port(found->port)};
}

bool is_authority(std::string_view text) noexcept {
  return split(text).has_value();
}

bool is_local_host(std::string_view host) noexcept {
  if (host.ends_with('.'))
    host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost") || is_ip(AF_INET, host) ||
         is_bracketed_ip(host);
}

std::optional<origin> parse_origin(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon)))
    return std::nullopt;
  auto place = parse_authority(text.substr(colon + 3));
  if (!place || place->host.empty())
    return std::nullopt;
  origin parsed{in_lower_case(text.substr(0, colon)), std::move(*place)};
  if (!parsed.place.port)
    parsed.place.port = default_port(parsed.scheme);
  return parsed;
}

std::optional<std::uint16_t> default_port(std::string_view scheme) noexcept {
  if (scheme == "http")
    return 80;
  return scheme == "https" ? std::optional<std::uint16_t>{443} : std::nullopt;
}

} // namespace gantry::http
