#include "api/short_body.hpp"

#include "api/error_table.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace gantry::api {

boost::asio::awaitable<result<std::string>> read_short_body(exchange& ex, std::size_t most) {
  std::string text;
  std::array<std::byte, 4096> piece;
  while (!ex.body.is_done()) {
    auto taken = co_await ex.body.read(piece);
    if (!taken)
      co_return to_error(std::move(taken).error());
    text.append(reinterpret_cast<const char*>(piece.data()), *taken);
    if (text.size() > most)
      co_return fail(errc::payload_too_large,
                     "this body has at most " + std::to_string(most) + " bytes");
  }
  co_return text;
}

} // namespace gantry::api
