#include "auth/personal_token.hpp"

#include "auth/htpasswd.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "domain/strict_json.hpp"
#include "policy/grant_list.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace gantry::auth {

namespace {

namespace json = boost::json;

constexpr std::size_t id_bytes = 6;
constexpr std::size_t secret_bytes = 32;
bool is_hex(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string random_hex(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  fill_with_random(bytes);
  return to_hex(bytes);
}

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument{why};
}

/// Empty if it is absent.
std::string text_in(const json::object& line, std::string_view name) {
  const auto* const value = find_member(line, name);
  if (!value)
    return {};
  if (!value->is_string())
    refuse(std::string{name} + " is no text");
  return std::string{value->as_string()};
}

std::optional<personal_token::clock::time_point> time_in(const json::object& line,
                                                         std::string_view name) {
  const auto text = text_in(line, name);
  if (text.empty())
    return std::nullopt;
  const auto time = parse_timestamp(text);
  if (!time)
    refuse(std::string{name} + " is no time: write 2026-01-31T12:00:00Z");
  return time;
}

digest hash_in(const json::object& line) {
  const auto hash = digest::parse("sha256:" + text_in(line, "sha256"));
  if (!hash)
    refuse("sha256 has 64 hexadecimal digits");
  return *hash;
}

/// A scope that says nothing would limit more than was meant, or less.
std::string scopes_in(const json::object& line) {
  const auto text = text_in(line, "scopes");
  for (const auto scope : split(text, ' '))
    policy::grant_list::parse(scope);
  return text;
}

constexpr std::size_t line_depth = 2;

/// Throws std::invalid_argument.
personal_token read_token_line(std::string_view text) {
  const auto line = parse_object(text, line_depth);
  if (!line)
    refuse("it is no JSON object");
  personal_token read{.secret = hash_in(*line)};
  read.id = text_in(*line, "id");
  if (read.id.size() != 2 * id_bytes || !is_hex(read.id))
    refuse("id has 12 hexadecimal digits");
  read.user = text_in(*line, "user");
  if (const auto mistake = mistake_in_user(read.user); !mistake.empty())
    refuse(mistake);
  read.note = text_in(*line, "note");
  read.made = time_in(*line, "made").value_or(read.made);
  read.end = time_in(*line, "end");
  read.scopes = scopes_in(*line);
  return read;
}

std::string to_line(const personal_token& known) {
  json::object line;
  line["id"] = known.id;
  line["user"] = known.user;
  if (!known.note.empty())
    line["note"] = known.note;
  line["made"] = render_timestamp(known.made);
  if (known.end)
    line["end"] = render_timestamp(*known.end);
  if (!known.scopes.empty())
    line["scopes"] = known.scopes;
  line["sha256"] = known.secret.hex();
  return json::serialize(line);
}

bool is_comment(std::string_view line) {
  const auto bare = trim(line);
  return bare.empty() || bare.front() == '#';
}

} // namespace

new_personal_token make_personal_token(std::string user) {
  const auto secret = random_hex(secret_bytes);
  personal_token known{
    .id = random_hex(id_bytes), .user = std::move(user), .secret = digest::of(secret)};
  auto text = concat(personal_prefix, known.id) + "-" + secret;
  return {std::move(known), std::move(text)};
}

std::optional<personal_text> read_personal_text(std::string_view text) {
  constexpr auto id_size = 2 * id_bytes;
  constexpr auto whole = personal_prefix.size() + id_size + 1 + 2 * secret_bytes;
  if (text.size() != whole || !text.starts_with(personal_prefix))
    return std::nullopt;
  const auto id = text.substr(personal_prefix.size(), id_size);
  return personal_text{id, digest::of(text.substr(personal_prefix.size() + id_size + 1))};
}

personal_token_list read_personal_tokens(std::string_view text) {
  personal_token_list found;
  for_each_line(text, [&found](std::string_view line, std::size_t number) {
    if (is_comment(line))
      return;
    try {
      found.tokens.push_back(read_token_line(line));
    } catch (const std::invalid_argument& wrong) {
      found.complaints.push_back("line " + std::to_string(number) +
                                 " does not count: " + wrong.what());
    }
  });
  return found;
}

std::string with_token(std::string_view text, const personal_token& added) {
  std::string made{text};
  if (!made.empty() && made.back() != '\n')
    made += '\n';
  return made += to_line(added) + "\n";
}

std::string without_token(std::string_view text, std::string_view id) {
  std::string made;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    const auto known = read_personal_tokens(line).tokens;
    if (known.empty() || known.front().id != id)
      made.append(line).append(1, '\n');
  });
  return made;
}

} // namespace gantry::auth
