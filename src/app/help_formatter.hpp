// Formats `--help`: names and types on the left, meanings and defaults on the right.
#pragma once

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace gantry::app {

class help_formatter : public CLI::Formatter {
public:
  help_formatter();

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

/// A space at which `wrap` does not break a line.
inline constexpr char firm_blank = '\x1f';

/// Breaks lines of `text` at spaces so that none is longer than `width`.
std::string wrap(const std::string& text, std::size_t width);

} // namespace gantry::app
