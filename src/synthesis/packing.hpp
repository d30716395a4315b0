// Tar and gzip files whose bytes depend on nothing but their content: no times, no owners, and no
// version of a compressor.
#pragma once

#include <boost/crc.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gantry::synthesis {

inline constexpr std::size_t tar_block = 512;

/// The header of a regular file (POSIX, "ustar Interchange Format"). Preconditions: `name` has at
/// most 100 characters, `size` is below 8 GiB.
std::string tar_header(std::string_view name, std::uint64_t size, bool is_executable);
/// The size of a tar file that holds one file of this size.
std::uint64_t tar_size(std::uint64_t content) noexcept;
/// A tar file that holds one file.
std::string make_tar(std::string_view name, std::string_view content, bool is_executable);

/// Writes a gzip file of stored blocks (RFC 1952; RFC 1951, 3.2.4). Not thread-safe.
class stored_gzip {
public:
  using output = std::function<void(std::span<const std::byte>)>;

  /// `total` bytes will be appended. `checksum`, if known, is their CRC-32.
  stored_gzip(std::uint64_t total, output out, std::optional<std::uint32_t> checksum = {});

  void append(std::span<const std::byte> bytes);
  /// Call once, at the end. Returns the checksum.
  std::uint32_t finish();

  /// The size of the file.
  static std::uint64_t size(std::uint64_t total) noexcept;

private:
  void put(std::string_view text);

  std::uint64_t total_;
  std::uint64_t left_;
  output out_;
  std::optional<std::uint32_t> known_;
  boost::crc_32_type checksum_;
};

std::string make_gzip(std::string_view content);

} // namespace gantry::synthesis
