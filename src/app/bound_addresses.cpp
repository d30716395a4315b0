#include "app/bound_addresses.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace gantry::app {

namespace asio = boost::asio;

bool is_tcp(const listen_address& address) {
  return address.file.empty();
}

std::vector<listen_address> parse_addresses(const std::vector<std::string>& texts) {
  std::vector<listen_address> addresses;
  for (const auto& text : texts)
    addresses.push_back(available(parse_listen_address(text), has_address));
  return addresses;
}

std::vector<listen_address> addresses_of(const std::vector<int>& sockets) {
  std::vector<listen_address> addresses;
  std::ranges::transform(sockets, std::back_inserter(addresses), address_of);
  return addresses;
}

void bind(http::server& server, listen_address& address) {
  try {
    if (is_tcp(address))
      address.port = server.bind(address.hosts, address.port);
    else
      server.bind(address.file);
  } catch (const boost::system::system_error& refused) {
    throw std::runtime_error{"cannot listen on " + to_string(address) + ": " +
                             refused.code().message()};
  }
}

std::string first_address(const std::vector<listen_address>& bound) {
  const auto first = std::ranges::find_if(bound, is_tcp);
  if (first == bound.end())
    return "localhost";
  std::ostringstream text;
  text << asio::ip::tcp::endpoint{first->hosts.front(), first->port};
  return text.str();
}

} // namespace gantry::app
