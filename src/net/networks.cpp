#include "net/networks.hpp"

#include "base/text.hpp"
#include "net/transport.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace asio = boost::asio;

namespace gantry::net {

namespace {

constexpr std::size_t bits_before_ipv4 = 96;

asio::ip::address_v6::bytes_type bytes_of(const asio::ip::address& address) {
  return address.is_v6()
           ? address.to_v6().to_bytes()
           : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

bool is_bit_set(const std::array<unsigned char, 16>& bytes, std::size_t bit) noexcept {
  return (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
  throw std::invalid_argument{"'" + excerpt(text) + "' " + reason +
                              ": write an address or a range, such as 10.0.0.0/8"};
}

} // namespace

std::optional<asio::ip::address> parse_address(std::string_view text) noexcept {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  boost::system::error_code invalid;
  const auto address = asio::ip::make_address(text, invalid);
  return invalid ? std::nullopt : std::optional{address};
}

asio::ip::address unmapped(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

std::string client_network(std::string_view text) {
  const auto parsed = parse_address(text);
  if (!parsed || parsed->is_v4())
    return std::string{text};
  const auto address = unmapped(*parsed);
  if (address.is_v4())
    return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6{bytes}.to_string() + "/64";
}

networks::range networks::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address)
    refuse(text, "is not a range of addresses");
  const auto before = address->is_v4() ? bits_before_ipv4 : 0;
  range made{{}, 128};
  std::ranges::copy(bytes_of(*address), made.first.begin());
  if (slash != std::string_view::npos) {
    const auto length = whole_number(text.substr(slash + 1));
    if (!length || *length > 128 - before)
      refuse(text, "has no length of 0 to " + std::to_string(128 - before) + " behind the slash");
    made.length = before + static_cast<std::size_t>(*length);
  }
  for (auto bit = made.length; bit < 128; ++bit)
    if (is_bit_set(made.first, bit))
      refuse(text, "is not the first address of its range");
  return made;
}

networks::networks(const std::vector<std::string>& texts) {
  for (const auto& text : texts)
    if (text == unix_peer)
      has_unix_ = true;
    else
      ranges_.push_back(parse(text));
}

bool networks::contains(std::string_view text) const noexcept {
  if (text == unix_peer)
    return has_unix_;
  const auto address = parse_address(text);
  if (!address)
    return false;
  const auto wanted = bytes_of(*address);
  return std::ranges::any_of(ranges_, [&](const range& each) {
    const auto whole = each.length / 8;
    const auto rest = each.length % 8;
    const auto mask = static_cast<unsigned char>(0xFF00U >> rest);
    return std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(whole),
                      each.first.begin()) &&
           (rest == 0 || ((wanted[whole] ^ each.first[whole]) & mask) == 0);
  });
}

} // namespace gantry::net
