#include "client/poster.hpp"

#include "base/text.hpp"
#include "client/name_lookup.hpp"
#include "client/response_parser.hpp"

#include <boost/beast/core/string.hpp>

#include <cstdint>
#include <utility>

namespace asio = boost::asio;

namespace gantry::client {

namespace {

/// Bytes of a server's text that a line of the log repeats.
constexpr std::size_t most_text = 200;

/// Takes the field Retry-After.
class retry_field final : public response_observer {
public:
  explicit retry_field(post_answer& into) : into_{into} {}

  void on_field(std::string_view name, std::string_view value) override {
    if (!boost::beast::iequals(name, "Retry-After"))
      return;
    if (const auto seconds = whole_number(value); seconds && *seconds < longest)
      into_.retry_after = std::chrono::seconds{*seconds};
  }
  void on_body(std::string_view) override {}

private:
  static constexpr std::uint64_t longest = 24 * 3600;

  post_answer& into_;
};

} // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, most_text))
    shown.push_back(c == ' ' || is_visible(c) ? c : '?');
  return shown;
}

poster::poster(asio::io_context& context, web_url url, poster_settings settings)
  : context_{context}, url_{std::move(url)}, settings_{std::move(settings)}, watch_{context} {
  if (!url_.target.starts_with('/'))
    url_.target.insert(0, "/");
}

asio::awaitable<post_answer> poster::post(std::string_view content_type, std::string_view body) {
  post_answer got;
  if (!connection_) {
    co_await connect();
    if (!connection_) {
      got.why = aborted_ ? "aborted" : url_.host + " has no address";
      co_return got;
    }
  }
  retry_field field{got};
  request what{boost::beast::http::verb::post, url_.target};
  what.content_type = content_type;
  what.more_fields = settings_.more_fields;
  what.body = payload{body};
  what.observer = &field;
  client::response answer;
  error_code ec;
  co_await exchange(what, answer, ec);
  if (ec) {
    const auto fault = connection_->certificate_fault();
    got.why = fault.empty() ? name_of(ec) : "its certificate is not accepted: " + fault;
    connection_.reset(); // another address may work, or the name have another one
    co_return got;
  }
  got.status = answer.status;
  got.body = std::move(answer.body);
  co_return got;
}

void poster::abort() {
  aborted_ = true;
  if (connection_)
    connection_->abort();
}

asio::awaitable<void> poster::connect() {
  const auto found = co_await look_up(url_.host, url_.port, settings_.timeout, aborted_);
  if (found.empty() || aborted_)
    co_return;
  peer server{found[attempts_++ % found.size()], url_.host, url_.authority, settings_.tls};
  connection_settings how{settings_.timeout, settings_.user_agent};
  connection_.emplace(context_, std::move(server), std::move(how));
}

asio::awaitable<void> poster::exchange(const request& what, response& answer, error_code& ec) {
  // The connection's own deadline begins a little later.
  watch_.expires_after(settings_.timeout + std::chrono::milliseconds{1});
  watch_.async_wait([this](const error_code& cancelled) {
    if (!cancelled && connection_)
      connection_->check_deadline(steady_clock::now());
  });
  co_await connection_->exchange(what, body_use::keep, answer, ec);
  watch_.cancel();
}

} // namespace gantry::client
