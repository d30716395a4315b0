#include "client/peer_search.hpp"

#include <stdexcept>

namespace gantry::client {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

tcp::endpoint find_open(const tcp::resolver::results_type& found,
                        std::chrono::milliseconds timeout) {
  for (const auto& each : found) {
    asio::io_context context{1};
    tcp::socket socket{context};
    bool is_open = false;
    socket.async_connect(each.endpoint(), [&](error_code ec) { is_open = !ec; });
    context.run_for(timeout);
    if (is_open)
      return each.endpoint();
    socket.close();
    context.run();
  }
  return found.begin()->endpoint();
}

} // namespace

tcp::resolver::results_type resolve(const std::string& host, std::uint16_t port) {
  asio::io_context context{1};
  tcp::resolver resolver{context};
  error_code ec;
  auto found = resolver.resolve(host, std::to_string(port), ec);
  if (ec)
    throw std::runtime_error{host + ": " + ec.message()};
  return found;
}

peer find_peer(const web_url& url, const tls_settings& tls, std::chrono::milliseconds timeout) {
  return {.address = find_open(resolve(url.host, url.port), timeout),
          .host = url.host,
          .authority = url.authority,
          .tls = url.secure ? make_tls(tls) : nullptr};
}

} // namespace gantry::client
