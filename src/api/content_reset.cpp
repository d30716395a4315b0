#include "api/content_reset.hpp"

#include "api/call.hpp"
#include "listing/index.hpp"

#include <utility>

namespace gantry::api {

boost::asio::awaitable<result<void>> reset_content(exchange& ex, reset request) {
  if (!ex.settings->allow_reset)
    co_return fail(errc::reset_disabled);
  msg::reset forget{request.within};
  auto done = co_await call(ex, ex.server.services.directory.get(), std::move(forget));
  if (!done)
    co_return std::move(done).error();
  ex.server.listing->forget(request.within);
  // A reset of some repositories is about content alone: others may rely on faults and the clock.
  if (!request.within)
    ex.server.forget_tests();
  co_return result<void>{};
}

} // namespace gantry::api
