#include "synthesis/layer.hpp"

#include "synthesis/packing.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::synthesis {

namespace {

constexpr std::string_view file_name = "content";
constexpr std::size_t piece_size = 64 * 1024;

/// Fills `piece` with the engine's numbers, the lowest byte first: the same on every machine.
void fill(std::span<std::byte> piece, std::mt19937_64& random) {
  for (std::size_t i = 0; i < piece.size(); i += sizeof(std::uint64_t)) {
    auto number = std::uint64_t{random()};
    const auto end = std::min(piece.size(), i + sizeof number);
    for (auto at = i; at < end; ++at, number >>= 8)
      piece[at] = static_cast<std::byte>(number & 0xff);
  }
}

/// Calls `out` with the pieces of the tar file.
template <class Output>
void make_layer_tar(const layer_recipe& recipe, Output out) {
  const auto header = tar_header(file_name, recipe.size, false);
  out(std::as_bytes(std::span{header}));
  std::mt19937_64 random{recipe.stream};
  std::vector<std::byte> buffer(std::clamp<std::uint64_t>(recipe.size, 1, piece_size));
  for (auto left = recipe.size; left > 0;) {
    const auto piece = std::span{buffer}.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())));
    fill(piece, random);
    out(piece);
    left -= piece.size();
  }
  const std::string end(
    static_cast<std::size_t>(tar_size(recipe.size) - header.size() - recipe.size), '\0');
  out(std::as_bytes(std::span{end}));
}

} // namespace

std::uint64_t packed_size(std::uint64_t content) noexcept {
  return stored_gzip::size(tar_size(content));
}

layer_facts make_layer(const layer_recipe& recipe, const byte_output& out,
                       const std::optional<layer_facts>& known) {
  if (known) {
    stored_gzip packer{tar_size(recipe.size), out, known->checksum};
    make_layer_tar(recipe, [&](auto piece) { packer.append(piece); });
    packer.finish();
    return *known;
  }
  hasher packed{digest_algorithm::sha256};
  hasher unpacked{digest_algorithm::sha256};
  stored_gzip packer{tar_size(recipe.size), [&](auto piece) {
                       packed.update(piece);
                       out(piece);
                     }};
  make_layer_tar(recipe, [&](auto piece) {
    unpacked.update(piece);
    packer.append(piece);
  });
  const auto checksum = packer.finish();
  return {packed.peek(), unpacked.peek(), checksum};
}

} // namespace gantry::synthesis
