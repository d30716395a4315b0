// A YAML file that may change while the server runs.
#pragma once

#include "auth/watched_file.hpp"
#include "yaml/reader.hpp"

#include <stdexcept>
#include <string>

namespace gantry::auth {

/// What `parse` makes of the text of the file. Throws std::runtime_error, with the file and what is
/// wrong with it; `parse` says that by yaml::mistake.
template <class Parse>
auto read_yaml(watched_file& file, Parse parse) {
  const auto name = file.path().string();
  const auto text = file.read();
  if (!text)
    throw std::runtime_error{name + ": this file cannot be read"};
  try {
    return parse(*text);
  } catch (const yaml::mistake& wrong) {
    throw std::runtime_error{name + ": " + wrong.what()};
  }
}

} // namespace gantry::auth
