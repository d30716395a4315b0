#include "jose/token.hpp"

#include "base/base64.hpp"
#include "base/base64url.hpp"
#include "base/text.hpp"
#include "domain/strict_json.hpp"
#include "jose/certificate_roots.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace gantry::jose {

namespace json = boost::json;

namespace {

/// The header's members that are used: all others take no memory.
constexpr std::array<std::string_view, 6> wanted{"alg", "typ", "kid", "x5c", "crit", "b64"};
/// RFC 7519, section 5.1; RFC 9068, section 2.1; with what RFC 7515, section 4.1.9 lets them omit.
constexpr std::array<std::string_view, 4> types{"jwt", "at+jwt", "application/jwt",
                                                "application/at+jwt"};
constexpr std::size_t max_header_depth = 8;

refusal malformed(std::string_view why) {
  return refuse(reason::malformed, why);
}

/// Empty unless there are exactly three.
std::vector<std::string_view> parts_of(std::string_view text) {
  const auto first = text.find('.');
  const auto last = text.rfind('.');
  if (first == last || text.find('.', first + 1) != last)
    return {};
  return {text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1)};
}

outcome<std::string> text_of(const json::object& header, std::string_view name) {
  const auto* const value = header.if_contains(name);
  if (value == nullptr || !value->is_string())
    return malformed("'" + std::string{name} + "' in the header is not a string");
  return std::string{value->get_string()};
}

outcome<void> read_type(const json::object& header) {
  if (!header.contains("typ"))
    return {};
  const auto type = text_of(header, "typ");
  if (!type)
    return type.error();
  const bool is_known = std::ranges::any_of(types, [&](std::string_view known) {
    return std::ranges::equal(known, *type, {}, {}, &to_lower);
  });
  if (!is_known)
    return refuse(reason::type_refused, "the type " + shown(*type) + " is not that of a token");
  return {};
}

outcome<void> read_algorithm(const json::object& header, token& into) {
  const auto name = text_of(header, "alg");
  if (!name)
    return name.error();
  const auto found = find_algorithm(*name);
  if (!found)
    return refuse(reason::algorithm_refused, "the algorithm " + shown(*name) + " is not accepted");
  into.alg = *found;
  return {};
}

outcome<void> read_key_id(const json::object& header, token& into) {
  if (!header.contains("kid"))
    return {};
  auto id = text_of(header, "kid");
  if (!id)
    return id.error();
  into.key_id = std::move(*id);
  return {};
}

outcome<void> read_chain(const json::object& header, token& into) {
  const auto* const member = header.if_contains("x5c");
  if (member == nullptr)
    return {};
  const auto* const list = member->if_array();
  if (list == nullptr || list->empty() || list->size() > max_chain)
    return malformed("'x5c' in the header is not a list of 1 to 5 certificates");
  for (const auto& element : *list) {
    // Base64 with padding, other than everything else (RFC 7515, section 4.1.6).
    auto der =
      element.is_string() ? from_base64(std::string_view{element.get_string()}) : std::nullopt;
    if (!der)
      return malformed("a certificate in the header is not base64");
    into.chain.push_back(std::move(*der));
  }
  return {};
}

outcome<void> read_header(std::string_view text, token& into) {
  const auto header = parse_object(text, max_header_depth, wanted);
  if (!header)
    return malformed("the header is refused: " + header.error().detail);
  if (header->contains("crit") || header->contains("b64"))
    return refuse(reason::extension_refused, "the token has extensions that must be understood");
  for (const auto& read : {read_algorithm, read_key_id, read_chain})
    if (auto done = read(*header, into); !done)
      return done;
  return read_type(*header);
}

} // namespace

outcome<token> parse_token(std::string_view text) {
  if (text.size() > max_token_size)
    return refuse(reason::too_large, "the token has more than 16 KiB");
  const auto parts = parts_of(text);
  if (parts.empty())
    return malformed("the token does not have three parts");
  const auto header = from_base64url(parts[0]);
  auto payload = from_base64url(parts[1]);
  auto signature = from_base64url(parts[2]);
  if (!header || !payload || !signature)
    return malformed("a part of the token is not base64url");
  token read;
  if (const auto done = read_header(*header, read); !done)
    return done.error();
  read.signed_text = text.substr(0, text.rfind('.'));
  read.payload = std::move(*payload);
  read.signature = std::move(*signature);
  return read;
}

} // namespace gantry::jose
