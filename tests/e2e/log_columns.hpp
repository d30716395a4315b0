// What the lines of a log in JSON say.
#pragma once

#include "support/golden.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::test {

using texts = std::vector<std::string>;
inline constexpr auto per_element = boost::test_tools::per_element();

/// A member of each line; what is no string as JSON text.
inline texts column(const std::filesystem::path& file, std::string_view member) {
  texts values;
  std::istringstream lines{read_text(file)};
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = boost::json::parse(line);
    const auto& value = parsed.at(member);
    values.push_back(value.is_string() ? std::string{value.as_string()}
                                       : boost::json::serialize(value));
  }
  return values;
}

} // namespace gantry::test
