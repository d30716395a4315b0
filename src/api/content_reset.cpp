#include "api/content_reset.hpp"

#include "api/call.hpp"

#include <utility>

namespace gantry::api {

boost::asio::awaitable<result<void>> reset_content(exchange& ex, reset request) {
  if (!ex.settings->allow_reset)
    co_return fail(errc::reset_disabled);
  const bool is_whole = !request.within;
  msg::reset forget{std::move(request.within)};
  auto done = co_await call(ex, ex.server.services.directory.get(), std::move(forget));
  if (!done)
    co_return std::move(done).error();
  // A reset of some repositories is about content alone: others may rely on faults and the clock.
  if (is_whole)
    ex.server.forget_tests();
  co_return result<void>{};
}

} // namespace gantry::api
