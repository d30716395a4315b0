#include "bench/registry_url.hpp"

#include <algorithm>
#include <charconv>

namespace gantry::bench {

namespace {

bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || port == 0)
    return std::nullopt;
  return port;
}

} // namespace

result<web_url> web_url::parse(std::string_view text) {
  const auto wrong = fail(errc::request_invalid, text);
  web_url url;
  url.secure = text.starts_with("https://");
  if ((!url.secure && !text.starts_with("http://")) || !std::ranges::all_of(text, is_visible) ||
      text.find('#') != std::string_view::npos)
    return wrong;
  const auto rest = text.substr(text.find("//") + 2);
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  const auto authority = rest.substr(0, end);
  const bool bracketed = authority.starts_with('[');
  const auto host_end =
    bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos || authority.find('@') != std::string_view::npos)
    return wrong;
  url.host = authority.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
  url.port = url.secure ? 443 : 80;
  const auto after_host = authority.substr(host_end + (bracketed ? 1 : 0));
  if (!after_host.empty()) {
    const auto port = after_host.front() == ':' ? parse_port(after_host.substr(1)) : std::nullopt;
    if (!port)
      return wrong;
    url.port = *port;
  }
  if (url.host.empty())
    return wrong;
  url.authority = authority;
  url.target = rest.substr(end);
  return url;
}

result<registry_url> registry_url::parse(std::string_view text) {
  auto url = web_url::parse(text);
  if (!url)
    return url.error();
  if (url->target.find_first_of("?@") != std::string::npos)
    return fail(errc::request_invalid, text);
  while (url->target.ends_with('/'))
    url->target.pop_back();
  return registry_url{std::move(*url)};
}

std::optional<std::string> resolve_location(std::string_view location,
                                            std::string_view request_target) {
  location = location.substr(0, location.find('#'));
  if (location.empty() || !std::ranges::all_of(location, is_visible))
    return std::nullopt;
  for (const std::string_view scheme : {"http:", "https:"})
    if (location.starts_with(scheme)) {
      location.remove_prefix(scheme.size());
      if (!location.starts_with("//"))
        return std::nullopt;
    }
  if (location.starts_with("//")) {
    location.remove_prefix(2);
    const auto path = location.find_first_of("/?");
    if (path == 0)
      return std::nullopt;
    const auto target = path == std::string_view::npos ? std::string_view{} : location.substr(path);
    return target.starts_with('/') ? std::string{target} : '/' + std::string{target};
  }
  if (location.starts_with('/'))
    return std::string{location};
  const auto path = request_target.substr(0, request_target.find('?'));
  if (location.starts_with('?'))
    return std::string{path}.append(location);
  return std::string{path.substr(0, path.rfind('/') + 1)}.append(location);
}

std::string with_digest(std::string_view target, std::string_view digest, std::string_view key) {
  std::string whole;
  whole.reserve(target.size() + digest.size() + key.size() + 6);
  whole.append(target).append(target.find('?') == std::string_view::npos ? "?" : "&");
  whole.append(key).append("=");
  for (const char c : digest)
    c == ':' ? whole.append("%3A") : whole.append(1, c);
  return whole;
}

} // namespace gantry::bench
