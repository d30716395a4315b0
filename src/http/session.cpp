#include "http/session.hpp"

#include "http/answer_head.hpp"
#include "http/held_bytes.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
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
/// Beast's parser can hold fields of a little less than 64 KiB.
constexpr std::size_t max_parsable_head = 60 * 1024;
/// Ranges of an answer after which the other connections of the thread get their turn.
constexpr std::size_t slices_a_turn = 64;
/// How long, and for how many bytes, a client that is still sending may take to notice its answer
/// before the connection closes: closing at once would reset it, and the answer might be lost.
constexpr std::chrono::seconds linger_timeout{5};
constexpr std::uint64_t max_linger = 256 * 1024 * 1024;

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
  body_source body{peer_, buffer_, *head_, server_.settings};
  exchange ex{server_, peer_, *head_, body};
  auto reply = co_await answer_request(ex);
  reply.close = reply.close || !head_->keep_alive() || server_.draining || peer_.is_given_up() ||
                !body.can_be_passed_over(max_discard);
  const auto sent = co_await send(reply, head_->is_head());
  peer_.hold_no_more();
  reply.held.release();
  log_request(reply, started, bytes_before);
  if (!sent || peer_.is_given_up())
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
  parser_.reset(); // an idle connection holds little
  // When the others have had their turn the next request has often come, and is read at the first
  // try: else that would find nothing, and the event loop would have to say when to try again.
  co_await peer_.give_way();
  if (buffer_.size() == 0 && buffer_.capacity() > read_size)
    buffer_.shrink_to_fit();
  if (server_.draining && buffer_.size() == 0 && !take_what_came())
    co_return head_state::closed;
  if (buffer_.size() == 0)
    peer_.expect_request(steady_clock::now() + server_.settings.idle_timeout);
  else
    peer_.expect_within(server_.settings.head_timeout);
  head_scanner scanner{std::min(server_.settings.max_head, max_parsable_head)};
  for (;;) {
    auto length = find_head(scanner);
    if (!length) {
      refusal = make_error_response(length.error());
      co_return head_state::refused;
    }
    if (*length) {
      auto parsed = parse_head(**length);
      if (parsed)
        co_return head_state::complete;
      refusal = make_error_response(parsed.error());
      co_return head_state::refused;
    }
    error_code ec;
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
    if (peer_.is_idle())
      peer_.expect_within(server_.settings.head_timeout);
  }
}

result<std::optional<std::size_t>> session::find_head(head_scanner& scanner) {
  // Once something of the head is there, it does not begin with an empty line any more.
  buffer_.consume(empty_lines(view(buffer_)));
  if (view(buffer_) == "\r")
    return std::optional<std::size_t>{};
  return scanner.scan(view(buffer_));
}

result<void> session::parse_head(std::size_t length) {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(length));
  parser_->body_limit(boost::none);
  error_code ec;
  const auto parsed = parser_->put(asio::buffer(buffer_.data(), length), ec);
  if (ec || parsed != length || !parser_->is_header_done())
    return fail(errc::request_invalid);
  buffer_.consume(length);
  auto head = request_head::of(*parser_);
  if (!head)
    return std::move(head).error();
  if (head->target().size() > server_.settings.max_target)
    return fail(errc::target_too_long);
  head_ = *head;
  return {};
}

bool session::take_what_came() {
  error_code ec;
  const auto space = buffer_.prepare(read_size);
  buffer_.commit(peer_.read_ready({static_cast<std::byte*>(space.data()), space.size()}, ec));
  return buffer_.size() > 0;
}

asio::awaitable<response> session::answer_request(exchange& ex) {
  try {
    co_return co_await answer_within_budget(ex);
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
  const auto trailer = body.trailer();
  for (std::size_t i = 0; i < body.ranges.size(); ++i) {
    const auto ahead = std::string{head} + body.preamble(i);
    head = {};
    co_await send_slice(*body.source, body.ranges[i], ahead, !trailer.empty(), ec);
    if (ec)
      co_return;
    if (i % slices_a_turn == slices_a_turn - 1)
      co_await peer_.give_way();
  }
  if (!trailer.empty())
    co_await peer_.write(trailer, {}, false, ec);
}

asio::awaitable<void> session::send_slice(const blob& source, byte_range range,
                                          std::string_view ahead, bool more, error_code& ec) {
  const auto file = source.file();
  const auto bytes =
    file ? std::string_view{} : source.inline_bytes().substr(range.first, range.length());
  co_await peer_.write(ahead, bytes, file || more, ec);
  if (!ec && file)
    co_await peer_.send_file(file.descriptor, file.begin + range.first, range.length(), ec);
  // The file has failed, or is shorter than it was: all that is left is to cut the answer.
  if (ec == boost::system::errc::io_error || ec == asio::error::eof)
    telemetry::log().error("storage: the bytes of {} cannot be read: {}", source.id().to_string(),
                           ec.message());
}

asio::awaitable<void> session::linger() {
  error_code ec;
  peer_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  peer_.expect_within(linger_timeout);
  for (std::uint64_t dropped = 0; !ec && dropped < max_linger;) {
    co_await peer_.wait_readable(ec);
    if (!ec)
      dropped += peer_.drop_ready(max_discard, ec);
  }
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
