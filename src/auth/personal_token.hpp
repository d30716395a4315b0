// Personal access tokens, and the files that list them.
#pragma once

#include "domain/digest.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::auth {

/// What a file knows of a token: all but its secret.
struct personal_token {
  using clock = std::chrono::system_clock;

  /// Hexadecimal digits; the token has them, too.
  std::string id = {};
  std::string user = {};
  /// What it is for, in the user's words; may be empty.
  std::string note = {};
  clock::time_point made = {};
  /// Absent if it never expires.
  std::optional<clock::time_point> end = {};
  /// Its scopes, as `policy::grant_list` reads them with patterns; empty for no limit.
  std::string scopes = {};
  /// Of the secret (SHA-256). Of the 256 random bits, no guess is worth a slower hash.
  digest secret;
};

/// How all of them begin, so that scanners for secrets find them.
inline constexpr std::string_view personal_prefix = "gantry-pat-";

/// A new one, and the text that its user keeps. Throws std::system_error without random bytes.
struct new_personal_token {
  personal_token known;
  std::string text;
};
new_personal_token make_personal_token(std::string user);

/// The parts of a token's text.
struct personal_text {
  std::string_view id;
  digest secret;
};
/// Absent for what is no personal token. Hashes, whether there is such a token or not.
std::optional<personal_text> read_personal_text(std::string_view text);

struct personal_token_list {
  std::vector<personal_token> tokens;
  /// What is wrong with lines that do not count, for the log: without secrets.
  std::vector<std::string> complaints;
};
/// Reads the text of a file: a line of JSON per token. Empty lines and those that begin with `#`
/// are passed over.
personal_token_list read_personal_tokens(std::string_view text);

/// The text with a line for this token at the end. Other lines stay.
std::string with_token(std::string_view text, const personal_token& added);
/// The text without the line of this token.
std::string without_token(std::string_view text, std::string_view id);

} // namespace gantry::auth
