#include "api/journal_wait.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace gantry::api {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often a wait looks whether the client is gone or the server stops: neither wakes it.
constexpr milliseconds look_again{100};
/// A wait that is late by this much is cut like any other operation.
constexpr milliseconds slack = std::chrono::seconds{10};

/// State shared between a waiter and the thread that records. Only the waiter's own thread touches
/// it.
struct turn {
  explicit turn(const asio::any_io_executor& executor) : wake{executor} {}

  asio::steady_timer wake;
  bool come = false;
};

/// A place among those who wait; left on destruction.
class place {
public:
  place(journal::journal& requests, journal::filter which, std::size_t count,
        const std::shared_ptr<turn>& mine)
    : requests_{requests} {
    ticket_ = requests.wait(std::move(which), count, [mine] {
      asio::post(mine->wake.get_executor(), [mine] {
        mine->come = true;
        mine->wake.cancel();
      });
    });
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() { requests_.leave(ticket_); }

private:
  journal::journal& requests_;
  journal::journal::ticket ticket_ = 0;
};

} // namespace

asio::awaitable<wait_end> wait_for_requests(context& server, net::connection& peer,
                                            journal::filter which, std::size_t count,
                                            milliseconds timeout) {
  const auto mine = std::make_shared<turn>(peer.executor());
  const auto until = steady_clock::now() + timeout;
  const place waiting{server.requests, std::move(which), count, mine};
  peer.expect_within(timeout + slack);
  co_await peer.give_way(); // what was recorded already is enough for many
  while (!mine->come) {
    const auto now = steady_clock::now();
    if (now >= until)
      co_return wait_end::timed_out;
    if (server.draining || peer.has_ended())
      co_return wait_end::interrupted;
    mine->wake.expires_at(std::min(until, now + look_again));
    boost::system::error_code woken;
    co_await mine->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      co_return wait_end::interrupted;
  }
  co_return wait_end::reached;
}

} // namespace gantry::api
