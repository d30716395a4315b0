#include "net/transport.hpp"

#include <cassert>

namespace gantry::net {

boost::asio::awaitable<void> transport::open(error_code&) {
  assert(!must_open());
  co_return;
}

} // namespace gantry::net
