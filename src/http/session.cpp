#include "http/session.hpp"

#include "http/answer_head.hpp"
#include "http/router.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace gantry::http {

namespace {

/// Room for a request's head: most need half of it, and malloc has blocks of up to this size at
/// hand.
constexpr std::size_t read_size = 1024;
/// A body that nobody asked for is read and dropped up to here, so that the connection can go on.
constexpr std::uint64_t max_discard = 1024 * 1024;
/// How long, and for how many bytes, a client that is still sending may take to notice its answer
/// before the connection closes: closing at once would reset it, and the answer might be lost.
constexpr std::chrono::seconds linger_timeout{5};
constexpr std::uint64_t max_linger = 256 * 1024 * 1024;

bool is_token_character(unsigned char c) {
  return c > ' ' && c < 0x7f;
}

std::string_view view(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

/// A body that is no blob.
std::string_view text_of(const response& reply) {
  if (const auto* text = std::get_if<std::string>(&reply.body))
    return *text;
  if (const auto* shared = std::get_if<shared_bytes>(&reply.body))
    return shared->bytes;
  return {};
}

} // namespace

session::session(server_context& server, connection& peer, telemetry::access_logger* log)
  : server_{server}, peer_{peer}, log_{log} {}

asio::awaitable<void> session::run() {
  // Cancellation means a deadline has passed: each operation says so itself.
  co_await asio::this_coro::throw_if_cancelled(false);
  for (bool go_on = true; go_on;)
    go_on = co_await serve();
}

asio::awaitable<bool> session::serve() {
  response refusal;
  const auto state = co_await read_head(refusal);
  if (state == head_state::closed)
    co_return false;
  const auto started = steady_clock::now();
  const auto bytes_before = peer_.bytes_sent();
  request_id_ = make_request_id(head_ ? head_->find("X-Request-Id") : std::nullopt);
  if (state == head_state::refused) {
    refusal.close = true;
    if (co_await send(refusal, false))
      co_await linger();
    log_request(refusal, started, bytes_before);
    co_return false;
  }
  body_source body{peer_, *parser_, buffer_, *head_, server_.settings};
  exchange ex{server_, peer_, *head_, body};
  auto reply = co_await answer_request(ex);
  const auto left = body.is_done() ? 0 : head_->content_length().value_or(0);
  reply.close = reply.close || !head_->keep_alive() || server_.draining || body.is_broken() ||
                body.is_held_back() || left > max_discard;
  const auto sent = co_await send(reply, head_->is_head());
  log_request(reply, started, bytes_before);
  if (!sent)
    co_return false;
  if (!reply.close && !body.is_done())
    co_await body.discard(max_discard);
  // The drain may have begun meanwhile: a request whose first bytes are here is on its way.
  if (body.is_done())
    co_return !reply.close && (!server_.draining || buffer_.size() > 0);
  co_await linger();
  co_return false;
}

asio::awaitable<session::head_state> session::read_head(response& refusal) {
  head_.reset();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(server_.settings.max_head));
  parser_->body_limit(boost::none);
  judged_ = 0;
  // When the others have had their turn the next request has often come, and is read at the first
  // try: else that would find nothing, and the event loop would have to say when to try again.
  co_await peer_.give_way();
  if (buffer_.size() == 0 && buffer_.capacity() > read_size)
    buffer_.shrink_to_fit(); // an idle connection holds little
  if (server_.draining && buffer_.size() == 0 && !take_what_came())
    co_return head_state::closed;
  peer_.set_idle(buffer_.size() == 0);
  peer_.expect_within(peer_.is_idle() ? server_.settings.idle_timeout
                                      : server_.settings.head_timeout);
  for (;;) {
    if (auto wrong = judge_prefix()) {
      refusal = make_error_response(*wrong);
      co_return head_state::refused;
    }
    error_code ec;
    const auto parsed = buffer_.size() > 0 ? parser_->put(buffer_.data(), ec) : 0;
    if (parser_->is_header_done()) {
      buffer_.consume(parsed);
      break;
    }
    if (ec && ec != beast::http::error::need_more) {
      refusal = make_error_response(fail(fault_of(ec)));
      co_return head_state::refused;
    }
    buffer_.consume(parsed);
    ec = {};
    const auto got = co_await peer_.read_some(buffer_.prepare(read_size), ec);
    if (peer_.is_aborted())
      co_return head_state::closed; // what has come could not be answered
    if (ec) {
      if (!peer_.timed_out() || peer_.is_idle())
        co_return head_state::closed;
      refusal = make_error_response(fail(errc::request_timeout, "the head came too slowly"));
      co_return head_state::refused;
    }
    buffer_.commit(got);
    if (peer_.is_idle()) {
      peer_.set_idle(false);
      peer_.expect_within(server_.settings.head_timeout);
    }
  }
  auto head = request_head::of(*parser_);
  if (head && head->target().size() <= server_.settings.max_target) {
    head_ = *head;
    co_return head_state::complete;
  }
  refusal = make_error_response(head ? fail(errc::target_too_long) : head.error());
  co_return head_state::refused;
}

errc session::fault_of(const error_code& ec) const {
  if (ec != beast::http::error::header_limit)
    return errc::request_invalid;
  // The parser has taken the request line, or it still lies in the buffer.
  const auto line_came =
    !parser_->get().target().empty() || view(buffer_).find("\r\n") < server_.settings.max_target;
  return line_came ? errc::head_too_large : errc::target_too_long;
}

bool session::take_what_came() {
  error_code ec;
  const auto space = buffer_.prepare(read_size);
  buffer_.commit(peer_.read_ready({static_cast<std::byte*>(space.data()), space.size()}, ec));
  return buffer_.size() > 0;
}

std::optional<error> session::judge_prefix() {
  while (judged_ == 0 && view(buffer_).starts_with("\r\n"))
    buffer_.consume(2); // RFC 9112, 2.2: empty lines ahead of a request
  const auto bytes = view(buffer_);
  if (bytes.empty() || bytes == "\r")
    return std::nullopt;
  if (judged_ == 0 && !is_token_character(static_cast<unsigned char>(bytes.front())))
    return fail(errc::request_invalid, "this port speaks plain HTTP");
  const auto end = std::min(bytes.find("\r\n\r\n"), bytes.size());
  for (auto at = bytes.find('\n', judged_); at < end; at = bytes.find('\n', at + 1))
    if (at == 0 || bytes[at - 1] != '\r')
      return fail(errc::request_invalid, "lines end with CR LF");
  judged_ = std::max<std::size_t>(1, end);
  return std::nullopt;
}

asio::awaitable<response> session::answer_request(exchange& ex) {
  try {
    co_return co_await dispatch(ex);
  } catch (const std::exception& bug) {
    telemetry::log().error("a handler threw: {}", bug.what());
  }
  auto reply = make_error_response(fail(errc::internal));
  reply.close = true;
  co_return reply;
}

asio::awaitable<bool> session::send(response& reply, bool head_only) {
  if (peer_.timed_out()) {
    if (peer_.is_aborted())
      co_return false;
    peer_.forgive_timeout();
    co_await asio::this_coro::reset_cancellation_state();
  }
  write_answer_head(head_text_, reply, server_.settings, head_ ? &*head_ : nullptr, request_id_);
  error_code ec;
  std::string_view head{head_text_};
  const auto bodiless = head_only || reply.status == 304 || reply.status == 204;
  const auto* slices = bodiless ? nullptr : std::get_if<blob_slices>(&reply.body);
  if (slices) {
    co_await send_slices(*slices, head, ec);
    co_return !ec;
  }
  auto body = bodiless ? std::string_view{} : text_of(reply);
  if (!peer_.write_ready(head, body, false, ec))
    co_await peer_.write(head, body, false, ec);
  co_return !ec;
}

asio::awaitable<void> session::send_slices(const blob_slices& body, std::string_view head,
                                           error_code& ec) {
  const auto& source = *body.source;
  for (const auto& slice : body.slices) {
    const auto ahead = std::string{head} + slice.preamble;
    head = {};
    const auto file = source.file();
    const auto bytes = file ? std::string_view{}
                            : source.inline_bytes().substr(slice.range.first, slice.range.length());
    co_await peer_.write(ahead, bytes, file || !body.trailer.empty(), ec);
    if (!ec && file)
      co_await peer_.send_file(file.descriptor, file.begin + slice.range.first,
                               slice.range.length(), ec);
    // The file has failed, or is shorter than it was: all that is left is to cut the answer.
    if (ec == boost::system::errc::io_error || ec == asio::error::eof)
      telemetry::log().error("storage: the bytes of {} cannot be read: {}", source.id().to_string(),
                             ec.message());
    if (ec)
      co_return;
  }
  if (!body.trailer.empty())
    co_await peer_.write(body.trailer, {}, false, ec);
}

asio::awaitable<void> session::linger() {
  error_code ec;
  peer_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  peer_.expect_within(linger_timeout);
  std::array<std::byte, 16 * 1024> sink;
  for (std::uint64_t dropped = 0; !ec && dropped < max_linger;)
    dropped += co_await peer_.read_some(asio::buffer(sink), ec);
}

void session::log_request(const response& reply, steady_clock::time_point started,
                          std::uint64_t bytes_before) {
  if (!log_ || !log_->enabled())
    return;
  telemetry::access_entry entry;
  entry.finished = std::chrono::system_clock::now();
  entry.remote = peer_.remote();
  if (head_) {
    entry.method = head_->method();
    entry.target = head_->target();
    entry.user_agent = head_->find(request_head::field::user_agent).value_or("");
  }
  entry.status = reply.status;
  entry.bytes_sent = peer_.bytes_sent() - bytes_before;
  entry.duration =
    std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started);
  entry.request_id = request_id_;
  log_->write(entry);
}

} // namespace gantry::http
