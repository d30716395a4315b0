#include "app/configuration.hpp"

#include "base/file_text.hpp"
#include "config/file.hpp"
#include "config/variables.hpp"
#include "yaml/reader.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace gantry::app {

namespace {

std::string read_text(const std::string& file) {
  errno = 0;
  auto text = read_file(file, yaml::max_bytes);
  if (!text)
    throw std::invalid_argument{"the configuration file " + file + " cannot be read: " +
                                (errno == 0 ? "an error of input" : std::strerror(errno))};
  return std::move(*text);
}

} // namespace

void read_configuration(config::draft& into, const std::string& file,
                        const config::environment& variables) {
  config::read_file(into, file, read_text(file), variables);
}

config::outcome complete(config::draft given, const std::string& file,
                         const config::environment& variables) {
  if (!file.empty())
    read_configuration(given, file, variables);
  config::read_variables(given, variables);
  return given.finish();
}

} // namespace gantry::app
