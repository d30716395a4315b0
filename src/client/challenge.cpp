#include "client/challenge.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace gantry::client {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view letters_and_digits =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_token68_character(char c) {
  return letters_and_digits.find(c) != std::string_view::npos ||
         std::string_view{"-._~+/"}.find(c) != std::string_view::npos;
}

/// Parses a field from left to right.
class field_reader {
public:
  explicit field_reader(std::string_view field) : left_{field} {}

  std::vector<challenge> read() {
    for (;;) {
      skip(" \t,");
      const auto name = take_while(is_token_character);
      if (name.empty())
        return std::move(read_);
      const auto before_blanks = left_;
      skip(blanks);
      if (left_.starts_with('=') && !read_.empty()) {
        left_.remove_prefix(1);
        if (!read_parameter(name))
          return std::move(read_);
        continue;
      }
      left_ = before_blanks;
      if (!left_.empty() && left_.front() != ',' && blanks.find(left_.front()) == blanks.npos)
        return std::move(read_);
      read_.push_back({in_lower_case(name), {}});
      skip(blanks);
      skip_token68();
    }
  }

private:
  void skip(std::string_view characters) {
    left_.remove_prefix(std::min(left_.find_first_not_of(characters), left_.size()));
  }

  template <class Predicate>
  std::string_view take_while(Predicate belongs) {
    const auto end = std::ranges::find_if_not(left_, belongs) - left_.begin();
    const auto taken = left_.substr(0, static_cast<std::size_t>(end));
    left_.remove_prefix(taken.size());
    return taken;
  }

  bool read_parameter(std::string_view name) {
    skip(blanks);
    auto value = left_.starts_with('"')
                   ? take_quoted()
                   : std::optional{std::string{take_while(is_token_character)}};
    if (!value)
      return false;
    read_.back().parameters.insert_or_assign(in_lower_case(name), std::move(*value));
    return true;
  }

  /// Returns nothing if the closing quote is missing.
  std::optional<std::string> take_quoted() {
    std::string value;
    for (std::size_t at = 1; at < left_.size(); ++at) {
      if (left_[at] == '"') {
        left_.remove_prefix(at + 1);
        return value;
      }
      if (left_[at] == '\\' && ++at == left_.size())
        break;
      value += left_[at];
    }
    return std::nullopt;
  }

  /// A token68 looks like a parameter name up to its trailing equals signs; only the next character
  /// distinguishes them.
  void skip_token68() {
    const auto before = left_;
    if (take_while(is_token68_character).empty())
      return;
    skip("=");
    skip(blanks);
    if (!left_.empty() && left_.front() != ',')
      left_ = before;
  }

  std::string_view left_;
  std::vector<challenge> read_;
};

} // namespace

std::string_view challenge::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view{} : std::string_view{found->second};
}

std::vector<challenge> parse_challenges(std::string_view field) {
  return field_reader{field}.read();
}

} // namespace gantry::client
