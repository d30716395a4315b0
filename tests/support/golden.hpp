// Compares text with a reviewed file; with GANTRY_UPDATE_GOLDEN=1 in the environment it updates the
// file instead.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gantry::test {

inline bool updates_golden() {
  const auto* value = std::getenv("GANTRY_UPDATE_GOLDEN");
  return value && std::string_view{value} == "1";
}

/// The whole file, byte for byte. Throws std::runtime_error if it does not exist.
inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + file.string()};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out{file, std::ios::binary};
  if (!out.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    throw std::runtime_error{"cannot write " + file.string()};
}

/// `name` is relative to the sources, such as "tests/golden/errors.json". A missing file counts as
/// empty.
inline void check_golden(std::string_view actual, const std::filesystem::path& name) {
  const auto file = std::filesystem::path{GANTRY_SOURCE_DIR} / name;
  if (updates_golden())
    write_text(file, actual);
  const auto expected = std::filesystem::exists(file) ? read_text(file) : std::string{};
  BOOST_TEST(actual == expected,
             name.string() << " differs; review and rerun with GANTRY_UPDATE_GOLDEN=1, got:\n"
                           << actual);
}

} // namespace gantry::test
