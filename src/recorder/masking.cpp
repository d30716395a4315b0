#include "recorder/masking.hpp"

#include "base/text.hpp"
#include "journal/secrets.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace gantry::recorder {

namespace json = boost::json;

namespace {

constexpr auto no_limit = std::numeric_limits<std::size_t>::max() - 1;

constexpr std::array<std::string_view, 8> hop_by_hop{
  "connection", "content-length", "keep-alive",        "proxy-connection",
  "te",         "trailer",        "transfer-encoding", "upgrade"};

bool is_listed(std::string_view name, std::string_view list) noexcept {
  while (!list.empty()) {
    const auto each = list.substr(0, list.find(','));
    list.remove_prefix(std::min(each.size() + 1, list.size()));
    if (journal::is_same_name(trim(each), name))
      return true;
  }
  return false;
}

bool has_digest(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  return path.find("/blobs/") != std::string_view::npos ||
         path.find("/manifests/") != std::string_view::npos;
}

/// `registry` of `registry:443` for https.
std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port))
    authority.remove_suffix(port.size());
  return authority;
}

} // namespace

std::string masked_target(std::string_view target) {
  std::string masked;
  journal::append_masked(masked, target, no_limit);
  return masked;
}

std::string masked_value(std::string_view name, std::string_view value) {
  if (journal::is_secret_field(name))
    return std::string{journal::mask};
  return journal::is_same_name(name, "Location") ? masked_target(value) : std::string{value};
}

std::string masked_body(std::string_view target, std::string_view body) {
  const auto begin = body.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || body[begin] != '{' || has_digest(target))
    return std::string{body};
  boost::system::error_code ec;
  auto document = json::parse({body.data(), body.size()}, ec);
  if (ec || !document.is_object())
    return std::string{body};
  bool is_masked = false;
  for (auto& member : document.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (!member.value().is_string() || !journal::is_secret_parameter(name))
      continue;
    member.value() = json::string_view{journal::mask.data(), journal::mask.size()};
    is_masked = true;
  }
  return is_masked ? json::serialize(document) : std::string{body};
}

bool is_hop_by_hop(std::string_view name, std::string_view connection) noexcept {
  return is_listed(name, connection) ||
         std::ranges::any_of(
           hop_by_hop, [name](std::string_view each) { return journal::is_same_name(each, name); });
}

std::string local_location(std::string_view location, std::string_view authority) {
  const auto mark = location.find("://");
  if (mark == std::string_view::npos)
    return std::string{location};
  const auto scheme = location.substr(0, mark);
  const auto rest = location.substr(mark + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  if (!journal::is_same_name(without_default_port(rest.substr(0, end), scheme),
                             without_default_port(authority, scheme)))
    return std::string{location};
  const auto path = rest.substr(end);
  return path.starts_with('/') ? std::string{path} : concat("/", path);
}

} // namespace gantry::recorder
