#include "net/proxy_header.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <string_view>

namespace gantry::net {

namespace {

using boost::system::error_code;
namespace ip = boost::asio::ip;
using bytes = std::span<const std::byte>;

// Section 2.2 of the specification.
constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::string_view signature_1 = "PROXY ";
/// Signature, version and command, family, and the length of the rest.
constexpr std::size_t start_size = 16;
constexpr std::size_t at_version = 12;
constexpr std::size_t at_family = 13;
constexpr std::size_t at_length = 14;

constexpr unsigned local = 0x0;
constexpr unsigned proxy = 0x1;

struct family {
  unsigned code;
  /// The bytes of its two addresses.
  std::size_t size;
};
constexpr unsigned unspecified = 0x00;
constexpr unsigned tcp_over_4 = 0x11;
constexpr unsigned tcp_over_6 = 0x21;
constexpr unsigned unix_stream = 0x31;
constexpr std::array<family, 4> families{
  {{unspecified, 0}, {tcp_over_4, 12}, {tcp_over_6, 36}, {unix_stream, 216}}};

/// A further field has a kind, a length of two bytes, and a value.
constexpr std::size_t field_head = 3;
constexpr unsigned checksum_field = 0x03;
constexpr std::size_t checksum_size = 4;

unsigned number(bytes from, std::size_t at) noexcept {
  return std::to_integer<unsigned>(from[at]);
}

unsigned command_of(bytes header) noexcept {
  return number(header, at_version) & 0xF;
}

/// In network order.
std::size_t short_number(bytes from, std::size_t at) noexcept {
  return (number(from, at) << 8) | number(from, at + 1);
}

std::string_view text_of(bytes from) noexcept {
  return {reinterpret_cast<const char*>(from.data()), from.size()};
}

/// Errors: what the bytes can no longer become.
error_code judge_begin(bytes begin) noexcept {
  const auto text = text_of(begin);
  if (signature.starts_with(text.substr(0, signature.size())))
    return {};
  if (text.starts_with(signature_1))
    return make_error_code(proxy_failure::version_1);
  if (signature_1.starts_with(text))
    return {}; // it may yet turn out to be that
  return make_error_code(proxy_failure::no_header);
}

/// Of the header, by its start.
std::size_t size_of(bytes start, error_code& ec) noexcept {
  constexpr unsigned version = 2;
  const auto size = start_size + short_number(start, at_length);
  if (number(start, at_version) >> 4 != version)
    ec = make_error_code(proxy_failure::unknown_version);
  else if (command_of(start) > proxy)
    ec = make_error_code(proxy_failure::unknown_command);
  else if (size > proxy_header_reader::max_size)
    ec = make_error_code(proxy_failure::too_long);
  return size;
}

template <class Address>
ip::tcp::endpoint source_of(bytes addresses) {
  typename Address::bytes_type source{};
  std::memcpy(source.data(), addresses.data(), source.size());
  // Source, destination, and their ports in the same order.
  const auto port = short_number(addresses, 2 * source.size());
  return {Address{source}, static_cast<std::uint16_t>(port)};
}

/// Whether the checksum of the whole header is right (CRC32C), which counts that field as zeros.
bool is_right(bytes whole, std::size_t at) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> sum;
  constexpr std::array<std::byte, checksum_size> zeros{};
  const auto after = whole.subspan(at + checksum_size);
  sum.process_bytes(whole.data(), at);
  sum.process_bytes(zeros.data(), zeros.size());
  sum.process_bytes(after.data(), after.size());
  return sum.checksum() == ((short_number(whole, at) << 16) | short_number(whole, at + 2));
}

/// Errors: bad_field, bad_checksum.
void check_fields(bytes whole, std::size_t at, error_code& ec) {
  std::optional<std::size_t> checksum;
  while (at < whole.size() && !ec) {
    const auto left = whole.size() - at;
    const auto size = left < field_head ? 0 : short_number(whole, at + 1);
    const bool is_checksum = number(whole, at) == checksum_field;
    if (left < field_head || left - field_head < size ||
        (is_checksum && (size != checksum_size || checksum)))
      ec = make_error_code(proxy_failure::bad_field);
    at += field_head;
    if (is_checksum)
      checksum = at;
    at += size;
  }
  if (!ec && checksum && !is_right(whole, *checksum))
    ec = make_error_code(proxy_failure::bad_checksum);
}

std::optional<ip::tcp::endpoint> read_whole(bytes whole, error_code& ec) {
  if (command_of(whole) == local) // the rest must be ignored
    return std::nullopt;
  const auto code = number(whole, at_family);
  const auto rest = whole.subspan(start_size);
  const auto* const known = std::ranges::find(families, code, &family::code);
  if (known == families.end())
    ec = make_error_code(proxy_failure::unknown_family);
  else if (rest.size() < known->size)
    ec = make_error_code(proxy_failure::too_short);
  else if (code != unspecified) // where the addresses of that end is not specified either
    check_fields(whole, start_size + known->size, ec);
  if (!ec && code == tcp_over_4)
    return source_of<ip::address_v4>(rest);
  if (!ec && code == tcp_over_6)
    return source_of<ip::address_v6>(rest);
  return std::nullopt;
}

} // namespace

std::span<std::byte> proxy_header_reader::space() {
  assert(!is_complete());
  bytes_.resize(size_ > 0 ? size_ : start_size);
  return std::span{bytes_}.subspan(filled_);
}

void proxy_header_reader::take(std::size_t count, error_code& ec) {
  assert(count <= bytes_.size() - filled_);
  filled_ += count;
  const bytes come{bytes_.data(), filled_};
  if (size_ == 0) {
    ec = judge_begin(come);
    if (ec || filled_ < start_size)
      return;
    const auto size = size_of(come, ec);
    if (ec)
      return;
    size_ = size;
  }
  if (is_complete())
    client_ = read_whole(come, ec);
}

} // namespace gantry::net
