#include "app/configuration.hpp"

#include "config/file.hpp"
#include "config/variables.hpp"
#include "yaml/reader.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ios>
#include <stdexcept>

namespace gantry::app {

namespace {

/// One byte more than allowed, so that a file that is too long is noticed by its reader.
std::string read_text(const std::string& file) {
  errno = 0;
  std::ifstream input{file, std::ios::binary};
  std::string text(yaml::max_bytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (!input.is_open() || input.bad())
    throw std::invalid_argument{"the configuration file " + file + " cannot be read: " +
                                (errno == 0 ? "an error of input" : std::strerror(errno))};
  return text;
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
