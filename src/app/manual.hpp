// `gantry manual`: the manual page gantry(1), made from the command line and the table of settings.
#pragma once

#include "app/completion.hpp"

#include <string>
#include <vector>

namespace gantry::app {

/// The page in troff, with the macros of man(7), in UTF-8.
std::string manual_page(const std::vector<described_command>& commands);

} // namespace gantry::app
