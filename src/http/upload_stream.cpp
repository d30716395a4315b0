#include "http/upload_stream.hpp"

#include "http/call.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

/// Counts the buffers on their way. Shared with the replies, which may come after the request has
/// ended; all of it happens on the connection's thread.
class window : public std::enable_shared_from_this<window> {
public:
  explicit window(const asio::any_io_executor& executor)
    : wake_{executor, asio::steady_timer::time_point::max()} {}

  void send(const upload_session_actor& session, msg::chunk bytes) {
    ++out_;
    auto answered = [self = shared_from_this()](result<msg::done> answer) {
      --self->out_;
      if (!answer && !self->failure_)
        self->failure_ = std::move(answer).error();
      self->wake_.cancel();
    };
    msg::append_chunk request{std::move(bytes)};
    ask(session, std::move(request), wake_.get_executor(), std::move(answered));
  }

  /// Waits until at most `most` buffers are out. Every buffer is answered for, be it because the
  /// session died.
  asio::awaitable<void> wait(std::size_t most) {
    const auto alive = shared_from_this();
    while (out_ > most) {
      error_code cancelled;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
  }

  const std::optional<error>& failure() const noexcept { return failure_; }

private:
  asio::steady_timer wake_;
  std::size_t out_ = 0;
  std::optional<error> failure_;
};

/// Errors: those of the body and of append_chunk.
asio::awaitable<result<void>> move_bytes(exchange& ex, const upload_session_actor& session,
                                         window& out) {
  if (auto started = co_await ex.body.start(); !started)
    co_return std::move(started).error();
  while (!ex.body.is_done()) {
    auto buffer = co_await ex.server.buffers.acquire();
    auto filled = ex.body.read_ready(buffer.space());
    if (!filled)
      co_return std::move(filled).error();
    if (*filled > 0) {
      out.send(session, std::move(buffer).freeze(*filled));
      co_await out.wait(upload_window - 1);
      if (out.failure())
        co_return *out.failure();
      continue;
    }
    buffer = {};
    if (auto ready = co_await ex.body.wait(); !ready)
      co_return std::move(ready).error();
  }
  co_await out.wait(0);
  if (out.failure())
    co_return *out.failure();
  co_return result<void>{};
}

} // namespace

asio::awaitable<result<msg::upload_status>> stream_chunk(exchange& ex, upload_session_actor session,
                                                         chunk_announcement announced) {
  msg::begin_chunk begin{announced};
  auto granted = co_await call(ex, session, std::move(begin));
  if (!granted)
    co_return std::move(granted).error();
  auto out = std::make_shared<window>(co_await asio::this_coro::executor);
  auto moved = co_await move_bytes(ex, session, *out);
  if (!moved) {
    // Sent behind every buffer; nobody needs the answer.
    tell(session, msg::end_chunk{false});
    co_return std::move(moved).error();
  }
  msg::end_chunk end{true};
  co_return co_await call(ex, std::move(session), std::move(end));
}

} // namespace gantry::http
