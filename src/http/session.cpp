#include "http/session.hpp"

#include "base/once_per.hpp"
#include "http/response_head.hpp"
#include "http/response_writer.hpp"
#include "net/proxy_failure.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace gantry::http {

namespace {

using net::error_code;
using net::steady_clock;

/// Bytes for the head of a request: most need half of them, and malloc caches blocks of up to this
/// size.
constexpr std::size_t read_size = 1024;
/// Bytes of an unread body that are read and dropped, so that the connection can be reused.
constexpr std::uint64_t max_discard = 1024 * 1024;
/// The time and bytes that a client that is still sending has to notice its response before the
/// connection closes. Closing at once would reset the connection, and the response might be lost.
constexpr std::chrono::seconds linger_timeout{5};
constexpr std::string_view tls_refusal =
  R"({"errors":[{"code":"BAD_REQUEST","message":"this port speaks plain HTTP","detail":null}]})";
constexpr std::uint64_t max_linger = 256 * 1024 * 1024;

std::string_view view(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

/// The first byte of a client that offers TLS (RFC 8446, 5.1).
bool begins_with_tls(std::string_view bytes) {
  constexpr char handshake = 0x16;
  return bytes.starts_with(handshake);
}

/// Says why a connection could not be opened. Clients fail as they like, so only a proxy, which its
/// operator can mend, is worth a warning; a line per second is enough.
void note_failure(const error_code& ec, const net::connection& peer) {
  constexpr std::chrono::seconds interval{1};
  static once_per complaints{interval, steady_clock::now() - interval};
  if (net::is_proxy_failure(ec)) {
    if (complaints.take_turn(steady_clock::now()))
      telemetry::log().warn("{}: {}", peer.remote(), ec.message());
  } else if (net::is_certificate_refusal(ec)) {
    telemetry::log().info("TLS with {}: {}", peer.remote(), ec.message());
  } else if (ec) {
    telemetry::log().debug("{} begins no conversation: {}", peer.remote(), ec.message());
  }
}

/// Reports the outcome of a request to the handler, however it ends.
class observation {
public:
  observation(handler& handle, const request_head* head, const net::connection& peer,
              std::string_view id)
    : handle_{handle}, begin_{steady_clock::now()}, bytes_before_{peer.bytes_sent()} {
    seen_.head = head;
    seen_.peer = &peer;
    seen_.id = id;
  }

  bool sent_nothing() const noexcept { return seen_.peer->bytes_sent() == bytes_before_; }

  void end(const response& reply, std::string_view head, bool abandoned = false) {
    seen_.response_head = head;
    seen_.status = reply.status;
    seen_.bytes_sent = seen_.peer->bytes_sent() - bytes_before_;
    seen_.hung_up = abandoned;
    seen_.duration =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin_);
    seen_.context = reply.context.get();
    handle_.finished(seen_);
  }

private:
  handler& handle_;
  steady_clock::time_point begin_;
  std::uint64_t bytes_before_;
  finished_exchange seen_;
};

} // namespace

session::session(const session_context& server, net::connection& peer)
  : server_{server}, peer_{peer}, reader_{{server.settings.max_head, server.settings.max_target}} {}

asio::awaitable<void> session::run() {
  // Cancellation means that a deadline has passed; each operation reports this itself.
  co_await asio::this_coro::throw_if_cancelled(false);
  bool go_on = true;
  while (go_on && peer_.must_open())
    go_on = co_await open();
  while (go_on)
    go_on = co_await serve();
}

asio::awaitable<bool> session::open() {
  error_code ec;
  peer_.expect_request(steady_clock::now() + server_.settings.idle_timeout);
  co_await peer_.wait_readable(ec);
  if (ec)
    co_return false;
  peer_.expect_within(server_.settings.head_timeout);
  co_await peer_.open(ec);
  if (ec == boost::system::errc::wrong_protocol_type) {
    const auto why = refuse(refusal_code::malformed, "this port speaks TLS (https)");
    co_await refuse_and_close(why);
  }
  note_failure(ec, peer_);
  // In TLS 1.3, the client has sent its request already: it is to read why that is not answered.
  if (net::is_certificate_refusal(ec))
    co_await linger();
  co_return !ec;
}

asio::awaitable<bool> session::serve() {
  refusal why;
  const auto state = co_await read_head(why);
  if (state == head_state::closed)
    co_return false;
  if (state == head_state::refused) {
    co_await refuse_and_close(why);
    co_return false;
  }
  if (state == head_state::encrypted) {
    co_await refuse_tls();
    co_return false;
  }
  request_id_ = make_request_id(head()->find("X-Request-Id"));
  observation seen{server_.handle, head(), peer_, request_id_};
  body_source body{peer_, buffer_, *head(), server_.settings};
  request asked{peer_, *head(), body, request_id_};
  auto reply = co_await answer(asked);
  // Not earlier: a client that comes back at once must not find its upload busy.
  if (body.ends_in_reset())
    peer_.reset();
  reply.close = reply.close || !head()->keep_alive() || server_.draining || peer_.is_given_up() ||
                (reply.is_stream() && head()->is_http_1_0()) ||
                !body.can_be_passed_over(max_discard);
  const auto sent = co_await send(reply, head()->is_head());
  peer_.hold_no_more();
  reply.held.release();
  const bool left = body.is_abandoned() || (!sent && !reply.delivery && seen.sent_nothing());
  seen.end(reply, head_text_, left);
  if (!sent || peer_.is_given_up())
    co_return false;
  if (!reply.close && !body.is_done())
    co_await body.discard(max_discard);
  // The drain may have begun meanwhile: a request whose first bytes have arrived is still answered.
  if (body.is_done()) {
    // Of encrypted bytes, the last ones may wait for the end.
    if (error_code ec; reply.close && peer_.is_secure())
      co_await peer_.end_output(ec);
    co_return !reply.close && (!server_.draining || buffer_.size() > 0);
  }
  co_await linger();
  co_return false;
}

asio::awaitable<void> session::refuse_and_close(const refusal& why) {
  request_id_ = make_request_id(std::nullopt);
  observation seen{server_.handle, nullptr, peer_, request_id_};
  auto reply = server_.handle.refused(why);
  reply.close = true;
  const auto sent = co_await send(reply, false);
  seen.end(reply, head_text_);
  if (sent)
    co_await linger();
}

/// Clients try TLS first, and some continue without it only if they find HTTP here. It was no
/// request, so no observer sees it.
asio::awaitable<void> session::refuse_tls() {
  request_id_ = make_request_id(std::nullopt);
  auto reply = make_json(400, std::string{tls_refusal});
  reply.close = true;
  const auto sent = co_await send(reply, false);
  if (sent)
    co_await linger();
}

asio::awaitable<session::head_state> session::read_head(refusal& why) {
  reader_.start_over();
  // Yield first: by the time this resumes, the next request has usually arrived, so that the first
  // read succeeds and saves a round of the event loop.
  co_await peer_.give_way();
  if (buffer_.size() == 0 && buffer_.capacity() > read_size)
    buffer_.shrink_to_fit();
  if (server_.draining && buffer_.size() == 0 && !take_what_came())
    co_return head_state::closed;
  if (buffer_.size() == 0)
    peer_.expect_request(steady_clock::now() + server_.settings.idle_timeout);
  else
    peer_.expect_within(server_.settings.head_timeout);
  for (;;) {
    auto step = reader_.read(view(buffer_));
    if (!step) {
      why = std::move(step).error();
      co_return begins_with_tls(view(buffer_)) ? head_state::encrypted : head_state::refused;
    }
    buffer_.consume(step->consumed);
    if (step->is_complete)
      co_return head_state::complete;
    error_code ec;
    const auto got = co_await peer_.read_some(buffer_.prepare(read_size), ec);
    if (peer_.is_aborted())
      co_return head_state::closed; // a request could not be answered
    if (ec) {
      if (!peer_.timed_out() || peer_.is_idle())
        co_return head_state::closed;
      why = refuse(refusal_code::too_slow, "the head arrived too slowly");
      co_return head_state::refused;
    }
    buffer_.commit(got);
    if (peer_.is_idle())
      peer_.expect_within(server_.settings.head_timeout);
  }
}

bool session::take_what_came() {
  error_code ec;
  const auto space = buffer_.prepare(read_size);
  buffer_.commit(peer_.read_ready({static_cast<std::byte*>(space.data()), space.size()}, ec));
  return buffer_.size() > 0;
}

asio::awaitable<response> session::answer(request& asked) {
  try {
    co_return co_await server_.handle.answer(asked);
  } catch (const std::exception& bug) {
    telemetry::log().error("a handler threw: {}", bug.what());
  }
  auto reply = server_.handle.failed(asked.head);
  reply.close = true;
  co_return reply;
}

asio::awaitable<bool> session::send(response& reply, bool head_only) {
  head_text_.clear();
  if (peer_.timed_out()) {
    if (peer_.is_aborted())
      co_return false;
    peer_.forgive_timeout();
    co_await asio::this_coro::reset_cancellation_state();
  }
  write_response_head(head_text_, reply, head(), request_id_);
  const bool bodiless = head_only || reply.status == 304 || reply.status == 204;
  auto text = bodiless ? std::string_view{} : text_of(reply);
  if (!reply.delivery && text) {
    std::string_view top{head_text_};
    error_code ec;
    // The end of the connection follows immediately, and goes with the last bytes.
    if (!peer_.write_ready(top, *text, reply.close, ec))
      co_await peer_.write_rest(top, *text, reply.close, ec);
    co_return !ec;
  }
  const bool in_chunks = head() && !head()->is_http_1_0() && !reply.ends_with_connection;
  co_return co_await write_response(peer_, head_text_, reply, bodiless, in_chunks);
}

asio::awaitable<void> session::linger() {
  error_code ec;
  co_await peer_.end_output(ec);
  peer_.expect_within(linger_timeout);
  for (std::uint64_t dropped = 0; !ec && dropped < max_linger;) {
    co_await peer_.wait_readable(ec);
    if (!ec)
      dropped += peer_.drop_ready(max_discard, ec);
  }
}

} // namespace gantry::http
