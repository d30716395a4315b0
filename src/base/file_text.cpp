#include "base/file_text.hpp"

#include <fstream>
#include <ios>
#include <utility>
#include <vector>

namespace gantry {

std::optional<std::string> read_file(const std::filesystem::path& file, std::size_t most) {
  std::ifstream input{file, std::ios::binary};
  if (!input.is_open())
    return std::nullopt;
  std::string text;
  // In pieces: most files are much shorter than they may be.
  std::vector<char> piece(64 * 1024);
  while (input && text.size() <= most) {
    input.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece.data(), static_cast<std::size_t>(input.gcount()));
  }
  return input.bad() ? std::nullopt : std::optional{std::move(text)};
}

} // namespace gantry
