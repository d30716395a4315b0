#include "api/in_flight.hpp"

#include "net/buffer_pool.hpp"

#include <algorithm>

namespace gantry::api {

namespace {

std::shared_ptr<byte_budget> make_share(std::uint64_t bytes, std::uint64_t least) {
  return std::make_shared<byte_budget>(std::max(bytes, least));
}

} // namespace

in_flight::in_flight(std::uint64_t limit)
  : buffers_{make_share(limit / 2, net::buffer_pool::buffer_size)},
    small_texts_{make_share(limit / 8, small_text)},
    large_texts_{make_share(limit / 8 * 3, small_text)},
    parsing_{make_share(parsing_limit, small_text)} {}

} // namespace gantry::api
