#include "app/listen_address.hpp"

#include <boost/asio/ip/address_v4.hpp>

#include <charconv>
#include <stdexcept>

namespace gantry::app {

namespace asio = boost::asio;

namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw std::invalid_argument{"'" + std::string{text} +
                              "' is no address to listen on: write HOST:PORT, such as "
                              "127.0.0.1:4775 or [::1]:4775, with a port from 0 to 65535"};
}

} // namespace

listen_address parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    refuse(text);
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  listen_address parsed;
  const auto end = port.data() + port.size();
  const auto number = std::from_chars(port.data(), end, parsed.port);
  if (port.empty() || number.ec != std::errc{} || number.ptr != end)
    refuse(text);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  if (host.empty()) {
    parsed.host = asio::ip::address_v4::any();
  } else if (host == "localhost") {
    parsed.host = asio::ip::address_v4::loopback();
  } else {
    boost::system::error_code invalid;
    parsed.host = asio::ip::make_address(host, invalid);
    if (invalid || parsed.host.is_v6() != bracketed)
      refuse(text);
  }
  return parsed;
}

std::string to_string(const listen_address& address) {
  const auto host = address.host.to_string();
  return (address.host.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(address.port);
}

} // namespace gantry::app
