#include "auth/htpasswd.hpp"

#include "auth/bcrypt.hpp"
#include "base/text.hpp"
#include "domain/digest.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

namespace gantry::auth {

namespace {

/// The salt and hash are not those of any password that anyone knows.
constexpr std::string_view decoy_tail = "Nq2XlFyS2r.Sm1w5zLh2ROJ1pVb3uQxN1cYlG2m8hVgZk0eTqzWmC";
constexpr unsigned usual_cost = 10;

/// Calls `see(line, number)` for each line, without its end; numbers count from 1.
void visit_lines(std::string_view text,
                 const std::function<void(std::string_view, std::size_t)>& see) {
  for_each_line(text, [&see](std::string_view line, std::size_t number) {
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    see(line, number);
  });
}

bool is_entry(std::string_view line) {
  return !trim(line).empty() && !line.starts_with('#');
}

std::string_view user_of(std::string_view line) {
  return line.substr(0, line.find(':'));
}

std::string proof_of(std::string_view hash) {
  return digest::of(hash).hex().substr(0, 32);
}

} // namespace

htpasswd htpasswd::parse(std::string_view text) {
  htpasswd made;
  visit_lines(text, [&](std::string_view line, std::size_t number) {
    if (is_entry(line))
      made.read_line(line, number);
  });
  unsigned cost = 0;
  for (const auto& [user, known] : made.entries_)
    cost = std::max(cost, cost_of(known.hash));
  const auto digits = std::to_string(cost == 0 ? usual_cost : cost);
  made.decoy_.append("$2y$").append(digits.size() == 1 ? "0" : "").append(digits);
  made.decoy_.append("$").append(decoy_tail);
  return made;
}

void htpasswd::read_line(std::string_view line, std::size_t number) {
  const auto where = "line " + std::to_string(number) + ": ";
  const auto user = user_of(line);
  if (user.size() == line.size() || user.empty())
    return complaints_.push_back(where + "is not USER:HASH");
  const auto hash = trim(line.substr(user.size() + 1));
  if (!is_bcrypt(hash))
    return complaints_.push_back(where +
                                 "the hash is not bcrypt ($2y$…), so it matches no password");
  if (!entries_.emplace(user, entry{std::string{hash}, proof_of(hash)}).second)
    complaints_.push_back(where + "the user has an earlier line, which counts");
}

const htpasswd::entry* htpasswd::find(std::string_view user) const noexcept {
  const auto found = entries_.find(user);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string mistake_in_user(std::string_view user) {
  constexpr std::size_t longest = 255;
  if (user.empty())
    return "the name of a user is empty";
  if (user.size() > longest)
    return "the name of a user has at most 255 bytes";
  const auto is_bad = [](char c) { return c == ':' || is_control(c); };
  if (user.starts_with('#') || std::ranges::any_of(user, is_bad))
    return "the name of a user has no colon and no control character, and does not begin with #";
  return {};
}

std::string with_user(std::string_view text, std::string_view user, std::string_view hash) {
  const auto own = concat(user, ":").append(hash).append("\n");
  std::string made;
  bool is_written = false;
  visit_lines(text, [&](std::string_view line, std::size_t) {
    if (!is_entry(line) || user_of(line) != user)
      made.append(line).append("\n");
    else if (!std::exchange(is_written, true))
      made += own;
  });
  return is_written ? made : made + own;
}

std::string without_user(std::string_view text, std::string_view user) {
  std::string made;
  visit_lines(text, [&](std::string_view line, std::size_t) {
    if (!is_entry(line) || user_of(line) != user)
      made.append(line).append("\n");
  });
  return made;
}

std::vector<std::string> users_in(std::string_view text) {
  std::vector<std::string> names;
  visit_lines(text, [&](std::string_view line, std::size_t) {
    if (is_entry(line))
      names.emplace_back(user_of(line));
  });
  return names;
}

} // namespace gantry::auth
