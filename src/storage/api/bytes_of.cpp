#include "storage/api/bytes_of.hpp"

#include "storage/api/answer_of.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <type_traits>
#include <unistd.h>
#include <variant>
#include <vector>

namespace gantry {

namespace {

constexpr std::size_t piece_size = 256 * 1024;

using visitor = std::function<bool(std::span<const std::byte>)>;

/// `read(offset, buffer)` returns the number of bytes, or an error.
template <class Read>
result<void> visit_pieces(std::uint64_t size, Read read, const visitor& visit) {
  std::vector<std::byte> buffer(std::min<std::uint64_t>(size, piece_size));
  for (std::uint64_t offset = 0; offset < size;) {
    const auto part = std::min<std::uint64_t>(buffer.size(), size - offset);
    const result<std::size_t> got = read(offset, std::span{buffer}.first(part));
    if (!got)
      return got.error();
    if (*got == 0)
      return fail(errc::storage_failed);
    if (!visit(std::span{buffer}.first(*got)))
      break;
    offset += *got;
  }
  return {};
}

result<std::size_t> read_range(const file_range& from, std::uint64_t offset,
                               std::span<std::byte> buffer) {
  for (;;) {
    const auto n = ::pread(from.descriptor, buffer.data(), buffer.size(),
                           static_cast<off_t>(from.begin + offset));
    if (n >= 0)
      return static_cast<std::size_t>(n);
    if (errno != EINTR)
      return fail(errc::storage_failed);
  }
}

} // namespace

result<void> for_each_piece(const blob& from, const visitor& visit) {
  const auto source = from.source();
  if (const auto* bytes = std::get_if<std::string_view>(&source)) {
    visit(std::as_bytes(std::span{*bytes}));
    return {};
  }
  if (const auto* file = std::get_if<file_range>(&source))
    return visit_pieces(
      from.size(),
      [&](std::uint64_t offset, std::span<std::byte> buffer) {
        return read_range(*file, offset, buffer);
      },
      visit);
  if (const auto* reader = std::get_if<std::shared_ptr<const blob_reader>>(&source))
    return visit_pieces(
      from.size(),
      [&](std::uint64_t offset, std::span<std::byte> buffer) {
        return answer_of(**reader, &blob_reader::read, offset, buffer);
      },
      visit);
  return fail(errc::storage_failed);
}

result<std::string> bytes_of(const blob& from) {
  std::string bytes;
  const auto read = for_each_piece(from, [&](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return true;
  });
  if (!read)
    return read.error();
  return bytes;
}

} // namespace gantry
