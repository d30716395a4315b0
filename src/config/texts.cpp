#include "config/texts.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

namespace gantry::config {

namespace {

struct value_type {
  std::string_view name;
  std::string_view needed;
};

constexpr value_type value_types[] = {
  {"A.json", "a file that --output wrote"},
  {"B.json", "a file that --output wrote"},
  {"ALGORITHM", "an algorithm, such as ES256"},
  {"CERT:KEY", "two files, such as tls.crt:tls.key"},
  {"DESTINATION", "oci:DIR[:NAME], such as oci:backup"},
  {"DIR", "a folder, such as /var/lib/registry"},
  {"DURATION", "a duration, such as 30s or 1h"},
  {"FILE", "the name of a file"},
  {"GLOB", "a pattern, such as 'v*'"},
  {"HOST", "the name of a host, such as registry.example"},
  {"HOST:PORT", "an address, such as 127.0.0.1:4775"},
  {"ID", "a number that the list shows"},
  {"N", "a whole number"},
  {"NAME", "a name, such as 'Pull 1MB'"},
  {"'NAME: VALUE'", "a field, such as 'X-Content-Type-Options: nosniff'"},
  {"NAME[:PASSWORD]", "a name, such as ci"},
  {"NAME:PASSWORD", "a name and a password, such as ci:secret"},
  {"NAME[:TAG]", "a name, such as team/app:1.0"},
  {"NETWORK", "an address or a range, such as 10.0.0.0/8"},
  {"ORIGIN", "an origin, such as https://example.com"},
  {"PATH", "a path, such as /registry"},
  {"RATE", "a number, such as 100"},
  {"RULE", "a limit, such as address=100/s"},
  {"SCOPE", "a scope, such as repository:team/app:pull"},
  {"SIZE", "a size, such as 512MiB"},
  {"SIZES", "a size, such as 1MiB or 1KiB..1MiB"},
  {"SOURCE", "oci:DIR[:NAME], docker-archive:FILE, registry:DIR or docker://HOST[/NAME[:TAG]]"},
  {"SUITE", "a cipher suite, such as TLS_AES_128_GCM_SHA256"},
  {"TEXT", "a text"},
  {"URL", "a URL, such as http://127.0.0.1:4775"},
  {"USER", "a name, such as alice"},
  {"WEIGHTS", "weights, such as push=1,pull=8"},
  {"WHAT", "true, false, or a folder or file with content, such as content.yml"},
};

constexpr std::array<std::string_view, 4> words_for_true{"true", "yes", "on", "1"};
constexpr std::array<std::string_view, 4> words_for_false{"false", "no", "off", "0"};

constexpr std::size_t max_name = 128;

/// Header fields that the server itself sets.
constexpr std::array<std::string_view, 4> own_fields{"connection", "content-length", "date",
                                                     "transfer-encoding"};

std::string quote(std::string_view text) {
  return "'" + std::string{text} + "'";
}

std::string in_list(std::span<const std::string_view> names) {
  std::string list;
  for (const auto name : names)
    list.append(list.empty() ? "" : ",").append(name);
  return list;
}

bool may_be_set(std::string_view name) {
  return is_token(name) && std::ranges::find(own_fields, read_lower(name)) == own_fields.end();
}

} // namespace

bool read_switch(std::string_view text) {
  if (std::ranges::find(words_for_true, text) != words_for_true.end())
    return true;
  if (std::ranges::find(words_for_false, text) != words_for_false.end())
    return false;
  throw std::invalid_argument{quote(text) + " is neither true nor false: write one of them"};
}

std::size_t read_choice(std::string_view text, std::span<const std::string_view> choices) {
  const auto chosen = std::ranges::find(choices, text);
  if (chosen != choices.end())
    return static_cast<std::size_t>(chosen - choices.begin());
  const auto begin = quote(text) + " is not one of " + in_list(choices);
  const auto meant = nearest(text, choices);
  if (!meant.empty())
    throw std::invalid_argument{begin + "; did you mean " + std::string{meant} + "?"};
  throw std::invalid_argument{begin + ": write one of them, such as " +
                              std::string{choices.front()}};
}

std::string read_prefix(std::string_view text) {
  if (!text.starts_with('/') || text.ends_with('/'))
    throw std::invalid_argument{quote(text) +
                                " is not a path that starts with a slash and does not end with "
                                "one, such as /registry"};
  return std::string{text};
}

std::string read_certificate_pair(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size() ||
      text.find(':', colon + 1) != std::string_view::npos)
    throw std::invalid_argument{quote(text) +
                                " is not two files with a colon between them, certificate and key, "
                                "such as /etc/gantry/tls.crt:/etc/gantry/tls.key"};
  return std::string{text};
}

void refuse_unverified(std::string_view text) {
  const bool requests = text == "request-client-cert";
  if (requests || text == "require-any-client-cert")
    throw std::invalid_argument{
      quote(text) + " verifies nothing, so that any certificate would do: write " +
      (requests ? "verify-client-cert-if-given" : "require-and-verify-client-cert")};
}

std::string read_path(std::string_view text) {
  if (!text.starts_with('/'))
    throw std::invalid_argument{quote(text) +
                                " is not a path that starts with a slash, such as /metrics"};
  return std::string{text};
}

std::pair<std::string, std::string> read_field(std::string_view text) {
  const auto colon = text.find(": ");
  if (colon == std::string_view::npos || !may_be_set(text.substr(0, colon)) ||
      text.find_first_of("\r\n") != std::string_view::npos)
    throw std::invalid_argument{quote(text) +
                                " is not of the form 'NAME: VALUE', or the server sets it itself: "
                                "write one such as 'X-Content-Type-Options: nosniff'"};
  return {std::string{text.substr(0, colon)}, std::string{text.substr(colon + 2)}};
}

bool is_in_name(char c) noexcept {
  return is_lower_or_digit(to_lower(c)) || c == '.' || c == '_' || c == '-';
}

std::string read_name(std::string_view text, std::string_view example) {
  if (text.empty() || text.size() > max_name || text.front() == '.' ||
      !std::ranges::all_of(text, is_in_name))
    throw std::invalid_argument{in_quotes(excerpt(text)) +
                                " is not a name: write letters, digits, . _ and -, at most 128, "
                                "not beginning with a dot, such as " +
                                std::string{example}};
  return std::string{text};
}

std::string read_lower(std::string_view text) {
  return in_lower_case(text);
}

std::string_view needed_for(std::string_view type) noexcept {
  const auto* known = std::ranges::find(value_types, type, &value_type::name);
  return known == std::end(value_types) ? std::string_view{"a value"} : known->needed;
}

std::string in_braces(std::span<const std::string_view> choices) {
  return "{" + in_list(choices) + "}";
}

} // namespace gantry::config
