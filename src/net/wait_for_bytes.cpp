#include "net/wait_for_bytes.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace gantry::net {

namespace {

/// State shared between a waiter and the thread that grants its bytes. Only the waiter's own thread
/// touches it.
struct turn {
  explicit turn(const asio::any_io_executor& executor)
    : wake{executor, asio::steady_timer::time_point::max()} {}

  asio::steady_timer wake;
  bool come = false;
};

/// On destruction, leaves the queue or returns the granted bytes.
class queued {
public:
  queued(std::shared_ptr<byte_budget> share, std::uint64_t bytes, const std::shared_ptr<turn>& mine)
    : share_{std::move(share)}, bytes_{bytes} {
    place_ = share_->wait_for(bytes_, [mine] {
      asio::post(mine->wake.get_executor(), [mine] {
        mine->come = true;
        mine->wake.cancel();
      });
    });
  }
  queued(const queued&) = delete;
  queued& operator=(const queued&) = delete;
  ~queued() { end(); }

  /// The granted bytes, if any.
  std::optional<byte_claim> end() {
    if (!share_ || share_->leave(place_)) {
      share_.reset();
      return std::nullopt;
    }
    return byte_claim{std::move(share_), bytes_};
  }

private:
  std::shared_ptr<byte_budget> share_;
  std::uint64_t bytes_;
  byte_budget::place place_ = 0;
};

} // namespace

asio::awaitable<std::optional<byte_claim>> wait_for_bytes(std::shared_ptr<byte_budget> share,
                                                          std::uint64_t bytes) {
  const auto mine = std::make_shared<turn>(co_await asio::this_coro::executor);
  const auto wanted = std::min(bytes, share->limit());
  queued place{std::move(share), wanted, mine};
  while (!mine->come) {
    boost::system::error_code woken;
    co_await mine->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      break;
  }
  auto granted = place.end();
  co_return granted;
}

} // namespace gantry::net
