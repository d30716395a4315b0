// Apache's files of users and the hashes of their passwords: a line `USER:HASH` each.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::auth {

/// The users of a file. Only bcrypt hashes count.
class htpasswd {
public:
  /// Reads the text of a file. Empty lines and those that begin with `#` are passed over. If a user
  /// has several lines, the first one counts.
  static htpasswd parse(std::string_view text);

  struct entry {
    std::string hash;
    /// Of the hash: changes with it, and reveals nothing of it.
    std::string proof;
  };

  /// Null if there is no such user, or no bcrypt hash.
  const entry* find(std::string_view user) const noexcept;
  /// A hash that no password matches, of the highest cost in the file: an unknown user costs as
  /// much time as a known one.
  const std::string& decoy() const noexcept { return decoy_; }
  bool is_empty() const noexcept { return entries_.empty(); }
  /// What is wrong with lines that do not count, for the log: without hashes.
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }

private:
  void read_line(std::string_view line, std::size_t number);

  std::map<std::string, entry, std::less<>> entries_;
  std::string decoy_;
  std::vector<std::string> complaints_;
};

/// Why the text cannot be the name of a user; empty if it can: it has 1 to 255 bytes, without
/// colons and control characters.
std::string mistake_in_user(std::string_view user);

/// The text of a file with the user's line replaced, or added at the end. Other lines stay.
std::string with_user(std::string_view text, std::string_view user, std::string_view hash);
/// The text without the lines of the user.
std::string without_user(std::string_view text, std::string_view user);
/// The names of a file in their order, also those whose hashes do not count.
std::vector<std::string> users_in(std::string_view text);

} // namespace gantry::auth
