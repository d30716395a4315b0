#include "synthesis/packing.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <numeric>
#include <utility>

namespace gantry::synthesis {

namespace {

constexpr std::uint64_t max_stored_block = 0xffff;
constexpr std::size_t block_header_size = 5;
constexpr std::size_t gzip_header_size = 10;
constexpr std::size_t gzip_trailer_size = 8;

/// Appends the low `width` bytes of `value`, the lowest first.
void append_number(std::string& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i)
    out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

/// An empty file has a block, too.
std::uint64_t block_count(std::uint64_t total) {
  return std::max<std::uint64_t>(1, (total + max_stored_block - 1) / max_stored_block);
}

} // namespace

std::string tar_header(std::string_view name, std::uint64_t size, bool is_executable) {
  assert(name.size() <= 100);
  std::string header(tar_block, '\0');
  const auto put = [&header](std::size_t offset, std::string_view text) {
    header.replace(offset, text.size(), text);
  };
  std::array<char, 24> digits{};
  std::snprintf(digits.data(), digits.size(), "%011llo", static_cast<unsigned long long>(size));
  put(0, name);
  put(100, is_executable ? "0000755" : "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, digits.data());
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar");
  put(263, "00");
  const auto sum = std::accumulate(header.begin(), header.end(), 0U,
                                   [](unsigned so_far, unsigned char c) { return so_far + c; });
  std::snprintf(digits.data(), digits.size(), "%06o", sum);
  put(148, {digits.data(), 7});
  return header;
}

// The content is padded to a whole block; two empty blocks are the end.
std::uint64_t tar_size(std::uint64_t content) noexcept {
  return tar_block + (content + tar_block - 1) / tar_block * tar_block + 2 * tar_block;
}

std::string make_tar(std::string_view name, std::string_view content, bool is_executable) {
  auto tar = tar_header(name, content.size(), is_executable);
  tar += content;
  tar.resize(static_cast<std::size_t>(tar_size(content.size())));
  return tar;
}

stored_gzip::stored_gzip(std::uint64_t total, output out, std::optional<std::uint32_t> checksum)
  : total_{total}, left_{total}, out_{std::move(out)}, known_{checksum} {
  std::string header{"\x1f\x8b\x08"};
  append_number(header, 0, 6); // no flags, time or hints
  append_number(header, 0xff, 1);
  put(header);
  if (total == 0)
    put(std::string_view{"\x01\x00\x00\xff\xff", block_header_size});
}

void stored_gzip::append(std::span<const std::byte> bytes) {
  assert(bytes.size() <= left_);
  if (!known_)
    checksum_.process_bytes(bytes.data(), bytes.size());
  while (!bytes.empty()) {
    // Blocks begin at multiples of their largest size, however the bytes come.
    const auto offset = (total_ - left_) % max_stored_block;
    if (offset == 0) {
      const auto size = std::min(left_, max_stored_block);
      std::string header(1, size == left_ ? '\x01' : '\x00'); // the last block is marked
      append_number(header, size, 2);
      append_number(header, ~size, 2);
      put(header);
    }
    const auto part = bytes.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), max_stored_block - offset)));
    out_(part);
    left_ -= part.size();
    bytes = bytes.subspan(part.size());
  }
}

std::uint32_t stored_gzip::finish() {
  assert(left_ == 0);
  const std::uint32_t checksum = known_ ? *known_ : checksum_.checksum();
  std::string trailer;
  append_number(trailer, checksum, 4);
  append_number(trailer, total_, 4);
  put(trailer);
  return checksum;
}

std::uint64_t stored_gzip::size(std::uint64_t total) noexcept {
  return gzip_header_size + block_count(total) * block_header_size + total + gzip_trailer_size;
}

void stored_gzip::put(std::string_view text) {
  out_(std::as_bytes(std::span{text}));
}

std::string make_gzip(std::string_view content) {
  std::string gzip;
  stored_gzip packer{content.size(), [&gzip](auto piece) {
                       gzip.append(reinterpret_cast<const char*>(piece.data()), piece.size());
                     }};
  packer.append(std::as_bytes(std::span{content}));
  packer.finish();
  return gzip;
}

} // namespace gantry::synthesis
