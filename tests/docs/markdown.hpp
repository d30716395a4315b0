// Tables and regions of the Markdown files that tests compare with the program.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::test {

/// The cells of one line, without the blanks around them; `\|` is a bar.
using table_row = std::vector<std::string>;

/// The rows of the first table below `heading` ("## Endpoints"), without its head. Throws
/// std::runtime_error where there is none.
std::vector<table_row> table_below(std::string_view text, std::string_view heading);

/// The texts of the code spans in a cell, in order.
std::vector<std::string> code_spans(std::string_view cell);

/// `text` with `content` between the lines `<!-- NAME -->` and `<!-- /NAME -->`. Throws
/// std::runtime_error where they are not there.
std::string with_region(std::string_view text, std::string_view name, std::string_view content);

/// Checks that the region of a document ("docs/configuration.md") has this content; see
/// `check_golden`.
void check_region(const std::filesystem::path& document, std::string_view region,
                  std::string_view content);

} // namespace gantry::test
