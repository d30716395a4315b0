#include "telemetry/trace_context.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <vector>

namespace gantry::telemetry {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

/// Where the parts of `00-<trace>-<span>-<flags>` begin, and the length of the whole.
constexpr std::size_t trace_begin = 3;
constexpr std::size_t span_begin = 36;
constexpr std::size_t flags_begin = 53;
constexpr std::size_t whole = 55;

constexpr unsigned sampled_flag = 1;

/// The limits of `tracestate` (3.3.1).
constexpr std::size_t most_members = 32;
constexpr std::size_t longest_key = 256;
constexpr std::size_t longest_tenant = 241;
constexpr std::size_t longest_system = 14;
constexpr std::size_t longest_value = 256;
constexpr std::size_t long_member = 128;

/// Lower case only, as the specification wants it. False if a character is no such digit.
bool read_hex(std::string_view text, std::span<std::uint8_t> into) noexcept {
  for (std::size_t i = 0; i < into.size(); ++i) {
    const auto high = digits.find(text[2 * i]);
    const auto low = digits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos)
      return false;
    into[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool has_framing(std::string_view text, unsigned version) noexcept {
  constexpr unsigned forbidden = 0xff;
  if (version == forbidden || text[trace_begin - 1] != '-' || text[span_begin - 1] != '-' ||
      text[flags_begin - 1] != '-')
    return false;
  // A later version may add parts.
  return text.size() == whole || (version > 0 && text[whole] == '-');
}

std::mt19937_64& generator() {
  static thread_local std::mt19937_64 own = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64{seed};
  }();
  return own;
}

template <class Name>
Name make_name() {
  Name made;
  while (!made)
    for (std::size_t i = 0; i < made.bytes.size(); i += 8) {
      auto number = generator()();
      for (std::size_t byte = 0; byte < 8; ++byte, number >>= 8)
        made.bytes[i + byte] = static_cast<std::uint8_t>(number);
    }
  return made;
}

bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_key_text(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
  });
}

/// `vendor`, or `tenant@system`.
bool is_key(std::string_view text) noexcept {
  const auto at = text.find('@');
  const auto first = text.substr(0, at);
  if (first.empty() || !is_key_text(first))
    return false;
  if (at == std::string_view::npos)
    return is_lower(first.front()) && first.size() <= longest_key;
  const auto system = text.substr(at + 1);
  return (is_lower(first.front()) || is_digit(first.front())) && first.size() <= longest_tenant &&
         !system.empty() && is_lower(system.front()) && system.size() <= longest_system &&
         is_key_text(system);
}

bool is_value(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_value && text.back() != ' ' &&
         std::ranges::all_of(
           text, [](char c) { return (c == ' ' || is_visible(c)) && c != ',' && c != '='; });
}

std::string_view key_of(std::string_view member) noexcept {
  return member.substr(0, member.find('='));
}

/// The members, or nothing if one of them is malformed.
std::vector<std::string_view> members_of(std::string_view text) {
  std::vector<std::string_view> members;
  for (const auto each : split(text, ',')) {
    const auto member = trim(each);
    if (member.empty())
      continue;
    const auto key = key_of(member);
    const bool is_sound = key.size() < member.size() && is_key(key) &&
                          is_value(member.substr(key.size() + 1)) &&
                          std::ranges::find(members, key, key_of) == members.end();
    if (!is_sound || members.size() == most_members)
      return {};
    members.push_back(member);
  }
  return members;
}

/// Bytes of the members with a comma behind each.
std::size_t size_of(const std::vector<std::string_view>& members) noexcept {
  std::size_t size = 0;
  for (const auto each : members)
    size += each.size() + 1;
  return size;
}

/// In the order in which the specification lets them go (3.3.1.5).
void shorten(std::vector<std::string_view>& members) {
  constexpr auto most = max_trace_state + 1;
  for (auto i = members.size(); i-- > 0 && size_of(members) > most;)
    if (members[i].size() > long_member)
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
  while (size_of(members) > most)
    members.pop_back();
}

} // namespace

template <std::size_t Size>
std::string random_name<Size>::to_hex() const {
  return *this ? gantry::to_hex(bytes) : std::string{};
}

template struct random_name<16>;
template struct random_name<8>;

trace_id make_trace_id() {
  return make_name<trace_id>();
}

span_id make_span_id() {
  return make_name<span_id>();
}

std::optional<trace_parent> parse_traceparent(std::string_view text) noexcept {
  if (text.size() < whole)
    return std::nullopt;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  trace_parent read;
  if (!read_hex(text, version) || !has_framing(text, version[0]) ||
      !read_hex(text.substr(trace_begin), read.trace.bytes) ||
      !read_hex(text.substr(span_begin), read.span.bytes) ||
      !read_hex(text.substr(flags_begin), flags) || !read.trace || !read.span)
    return std::nullopt;
  read.is_sampled = (flags[0] & sampled_flag) != 0;
  return read;
}

std::string parse_tracestate(std::string_view text) {
  auto members = members_of(text);
  shorten(members);
  std::string kept;
  for (const auto each : members)
    kept.append(kept.empty() ? "" : ",").append(each);
  return kept;
}

} // namespace gantry::telemetry
