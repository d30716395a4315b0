// Headers of the PROXY protocol, well-formed and not.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::test {

/// Two bytes in network order.
inline std::string in_two_bytes(std::size_t number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number)};
}

/// `header` with another length of what follows its first 16 bytes.
inline std::string with_length(std::string header, std::size_t length) {
  return header.replace(14, 2, in_two_bytes(length));
}
/// With the right length.
inline std::string with_length(const std::string& header) {
  return with_length(header, header.size() - 16);
}

/// Version and command, family, and the rest.
inline std::string header(int version_and_command, int family, const std::string& rest) {
  std::string made{"\r\n\r\n\0\r\nQUIT\n", 12};
  made += {static_cast<char>(version_and_command), static_cast<char>(family), 0, 0};
  return with_length(made + rest);
}

/// For a client at this address.
inline std::string header_for(const std::string& client, std::uint16_t port = 50'000) {
  const auto address = boost::asio::ip::make_address(client);
  const auto bytes_of = [](const auto& of) {
    const auto bytes = of.to_bytes();
    return std::string{bytes.begin(), bytes.end()};
  };
  const auto source = address.is_v4() ? bytes_of(address.to_v4()) : bytes_of(address.to_v6());
  const std::string destination(source.size(), '\x01');
  return header(0x21, address.is_v4() ? 0x11 : 0x21,
                source + destination + in_two_bytes(port) + in_two_bytes(5000));
}

/// A further field.
inline std::string field(int kind, const std::string& value) {
  return static_cast<char>(kind) + in_two_bytes(value.size()) + value;
}

/// Bit by bit.
inline std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (const char each : bytes) {
    sum ^= static_cast<unsigned char>(each);
    for (int bit = 0; bit < 8; ++bit)
      sum = (sum >> 1) ^ (sum & 1 ? 0x82F63B78 : 0);
  }
  return ~sum;
}

/// `header` with a checksum as its last field.
inline std::string with_checksum(const std::string& header) {
  auto made = with_length(header + field(0x03, std::string(4, '\0')));
  const auto sum = crc32c(made);
  return made.replace(made.size() - 4, 4, in_two_bytes(sum >> 16) + in_two_bytes(sum & 0xFFFF));
}

} // namespace gantry::test
