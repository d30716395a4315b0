#include "api/upload_stream.hpp"

#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/error_table.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace gantry::api {

namespace {

/// Counts the buffers in flight. Shared with the reply handlers, which may run after the request
/// has ended; used on the connection's thread only.
class window : public std::enable_shared_from_this<window> {
public:
  explicit window(const asio::any_io_executor& executor)
    : wake_{executor, asio::steady_timer::time_point::max()} {}

  void send(const upload_session_actor& session, chunk_number number, msg::chunk bytes) {
    ++out_;
    auto answered = [self = shared_from_this()](result<msg::acknowledged> answer) {
      --self->out_;
      if (!answer && !self->failure_)
        self->failure_ = std::move(answer).error();
      self->wake_.cancel();
    };
    msg::append_chunk request{number, std::move(bytes)};
    runtime::ask(session, std::move(request), wake_.get_executor(), std::move(answered));
  }

  /// Waits until at most `most` buffers are in flight, or the deadline of `peer` passes. Every
  /// buffer gets an answer, even if the session dies.
  asio::awaitable<void> wait(std::size_t most, const net::connection& peer) {
    const auto alive = shared_from_this();
    while (out_ > most && !peer.timed_out()) {
      net::error_code cancelled;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
  }

  std::size_t out() const noexcept { return out_; }
  const std::optional<error>& failure() const noexcept { return failure_; }

private:
  asio::steady_timer wake_;
  std::size_t out_ = 0;
  std::optional<error> failure_;
};

/// Closes the chunk of a session, after all buffers in flight, however the request ends.
class open_chunk {
public:
  open_chunk(upload_session_actor session, chunk_number number)
    : session_{std::move(session)}, number_{number} {}
  open_chunk(const open_chunk&) = delete;
  open_chunk& operator=(const open_chunk&) = delete;
  ~open_chunk() {
    if (session_)
      runtime::tell(session_, msg::end_chunk{number_, false}); // the answer is not needed
  }
  const upload_session_actor& session() const noexcept { return session_; }
  chunk_number number() const noexcept { return number_; }
  /// The caller must close the chunk instead.
  upload_session_actor release() { return std::exchange(session_, upload_session_actor{}); }

private:
  upload_session_actor session_;
  chunk_number number_;
};

/// Waits for answers until at most `most` are outstanding. Errors: those of append_chunk,
/// timed_out.
asio::awaitable<result<void>> settle(exchange& ex, window& pending, std::size_t most) {
  if (pending.out() > most) {
    ex.peer.expect_within(ex.settings->ask_timeout);
    co_await pending.wait(most, ex.peer);
    if (ex.peer.timed_out())
      co_return fail(errc::timed_out);
    ex.body.restart_clock(); // this wait was not the client's fault
  }
  if (pending.failure())
    co_return *pending.failure();
  co_return result<void>{};
}

msg::chunk freeze(net::pooled_buffer buffer, std::size_t size) {
  auto frozen = std::move(buffer).freeze(size);
  return {std::move(frozen.storage), frozen.size};
}

/// The part of the body that has arrived; empty if the client waits for `100 Continue`, or no
/// buffer is free. Errors: those of the body and of the limit.
result<msg::chunk> take_early(exchange& ex, upload_limit& limit) {
  if (ex.body.is_done() || ex.head.expects_continue())
    return msg::chunk{};
  auto buffer = ex.server.buffers.try_acquire();
  if (!buffer)
    return msg::chunk{};
  const auto filled = ex.body.read_ready(buffer.space());
  if (!filled)
    return to_error(filled.error());
  if (auto within = limit.take(*filled); !within)
    return std::move(within).error();
  return *filled > 0 ? freeze(std::move(buffer), *filled) : msg::chunk{};
}

/// How an announced chunk comes.
struct incoming {
  chunk_announcement announced;
  upload_limit limit;
};

/// Moves `early`, which is within `limit`, and the rest of the body. Errors: those of the body, of
/// the limit, of append_chunk, and timed_out.
asio::awaitable<result<void>> move_bytes(exchange& ex, const open_chunk& to, upload_limit limit,
                                         window& pending, result<msg::chunk> early) {
  if (!early)
    co_return std::move(early).error();
  if (early->size > 0)
    pending.send(to.session(), to.number(), std::move(*early));
  if (auto started = co_await ex.body.start(); !started)
    co_return to_error(std::move(started).error());
  while (!ex.body.is_done()) {
    auto buffer = ex.server.buffers.try_acquire();
    if (!buffer) {
      ex.peer.expect_within(ex.settings->in_flight_timeout);
      buffer = co_await ex.server.buffers.acquire();
      if (!buffer)
        co_return fail(errc::overloaded, no_bytes_in_time);
      ex.body.resume_clock();
    }
    auto filled = ex.body.read_ready(buffer.space());
    if (!filled)
      co_return to_error(std::move(filled).error());
    if (*filled > 0) {
      if (auto within = limit.take(*filled); !within)
        co_return std::move(within).error();
      pending.send(to.session(), to.number(), freeze(std::move(buffer), *filled));
      if (auto settled = co_await settle(ex, pending, upload_window - 1); !settled)
        co_return std::move(settled).error();
      continue;
    }
    buffer = {};
    if (auto ready = co_await ex.body.wait(); !ready)
      co_return to_error(std::move(ready).error());
  }
  co_return co_await settle(ex, pending, 0);
}

/// Moves a body of which more is to come.
asio::awaitable<result<msg::upload_status>> stream(exchange& ex,
                                                   const upload_session_actor& session,
                                                   const incoming& body, result<msg::chunk> early) {
  msg::begin_chunk begin{body.announced};
  auto granted = co_await call(ex, session, std::move(begin));
  if (!granted)
    co_return std::move(granted).error();
  auto pending = std::make_shared<window>(co_await asio::this_coro::executor);
  open_chunk chunk{session, granted->number};
  auto moved = co_await move_bytes(ex, chunk, body.limit, *pending, std::move(early));
  if (!moved)
    co_return std::move(moved).error();
  msg::end_chunk end{granted->number, true};
  co_return co_await call(ex, chunk.release(), std::move(end));
}

} // namespace

asio::awaitable<result<msg::upload_status>> stream_chunk(exchange& ex,
                                                         const upload_session_actor& session,
                                                         chunk_announcement announced,
                                                         upload_limit limit) {
  auto early = take_early(ex, limit);
  if (!early || !ex.body.is_done()) {
    const incoming body{announced, limit};
    co_return co_await stream(ex, session, body, std::move(early));
  }
  msg::add_chunk whole{announced, std::move(*early)};
  co_return co_await call(ex, session, std::move(whole));
}

asio::awaitable<result<msg::blob_reply>>
stream_last_chunk(exchange& ex, const upload_session_actor& session, chunk_announcement announced,
                  std::optional<digest> id, upload_limit limit) {
  msg::finish_upload finish{id};
  auto early = take_early(ex, limit);
  if (early && ex.body.is_done()) {
    finish.last = msg::add_chunk{announced, std::move(*early)};
  } else {
    const incoming body{announced, limit};
    auto streamed = co_await stream(ex, session, body, std::move(early));
    if (!streamed)
      co_return std::move(streamed).error();
  }
  co_return co_await call(ex, session, std::move(finish));
}

} // namespace gantry::api
