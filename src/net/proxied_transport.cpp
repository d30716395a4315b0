#include "net/proxied_transport.hpp"

#include "net/networks.hpp"
#include "net/proxy_header.hpp"

#include <boost/asio/error.hpp>
#include <boost/polymorphic_cast.hpp>

#include <utility>

namespace asio = boost::asio;

namespace gantry::net {

proxied_transport::proxied_transport(stream_socket socket, maker make, admission admit)
  : make_{std::move(make)},
    admit_{std::move(admit)},
    inner_{std::make_unique<tcp_transport>(std::move(socket))},
    peer_{inner_->peer()} {}

asio::awaitable<void> proxied_transport::open(error_code& ec) {
  return has_header_ ? inner_->open(ec) : read_header(ec);
}

asio::awaitable<void> proxied_transport::read_header(error_code& ec) {
  proxy_header_reader reader;
  while (!reader.is_complete()) {
    const auto space = reader.space();
    const auto got = co_await inner_->read_some(asio::buffer(space.data(), space.size()), ec);
    if (!ec)
      reader.take(got, ec);
    if (ec)
      co_return;
  }
  has_header_ = true;
  relayed_ = relay::unnamed;
  if (const auto& client = reader.client(); client && !unmapped(client->address()).is_loopback()) {
    relayed_ = relay::named;
    peer_ = to_peer(*client);
  }
  if (!admit_(peer_)) {
    inner_->reset();
    ec = asio::error::connection_refused;
    co_return;
  }
  auto& plain = boost::polymorphic_downcast<tcp_transport&>(*inner_);
  inner_ = make_(std::move(plain).release());
}

} // namespace gantry::net
