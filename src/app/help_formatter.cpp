#include "app/help_formatter.hpp"

#include "app/option_kinds.hpp"

#include <algorithm>
#include <utility>

namespace gantry::app {

namespace {

constexpr std::size_t left_column = 30;
constexpr std::size_t line_width = 100;
/// Longer texts may be broken.
constexpr std::size_t longest_firm = 40;

std::string keep_together(std::string text) {
  if (text.size() <= longest_firm)
    std::ranges::replace(text, ' ', firm_blank);
  return text;
}

} // namespace

help_formatter::help_formatter() {
  column_width(left_column);
}

std::string help_formatter::make_group(std::string group, bool is_positional,
                                       std::vector<const CLI::Option*> options) const {
  const bool is_first = is_positional || group == get_label("Options");
  auto text = Formatter::make_group(std::move(group), is_positional, std::move(options));
  // CLI11 puts an empty line after each group and another one before the next.
  return is_first ? text : text.substr(1);
}

std::string help_formatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  return is_positional ? given_name(*option) : Formatter::make_option_name(option, false);
}

std::string help_formatter::make_option_opts(const CLI::Option* option) const {
  const bool takes_value = option->get_items_expected_max() > 0;
  return takes_value && option->nonpositional() ? " " + option->get_type_name() : "";
}

std::string help_formatter::make_option_desc(const CLI::Option* option) const {
  auto text = option->get_description();
  if (option->get_required())
    text += " (required)";
  else if (!option->get_default_str().empty())
    text += " " + keep_together("(default: " + option->get_default_str() + ")");
  return wrap(text, line_width - left_column);
}

std::string wrap(const std::string& text, std::size_t width) {
  auto wrapped = text;
  for (std::size_t begin = 0; wrapped.size() - begin > width;) {
    const auto blank = wrapped.rfind(' ', begin + width);
    if (blank == std::string::npos || blank <= begin)
      break; // a word longer than a line
    wrapped[blank] = '\n';
    begin = blank + 1;
  }
  std::ranges::replace(wrapped, firm_blank, ' ');
  return wrapped;
}

} // namespace gantry::app
