#include "client/registry_url.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gantry::client {

namespace {

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

} // namespace gantry::client
