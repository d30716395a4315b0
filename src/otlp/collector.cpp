#include "otlp/collector.hpp"

#include "base/text.hpp"
#include "client/connection.hpp"
#include "client/registry_url.hpp"
#include "client/response_parser.hpp"
#include "client/tls.hpp"
#include "otlp/name_lookup.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/json/parse.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace json = boost::json;

namespace gantry::otlp {

namespace {

/// Bytes of a collector's text that a line of the log repeats.
constexpr std::size_t most_text = 200;

/// Takes the field Retry-After.
class retry_field final : public client::response_observer {
public:
  explicit retry_field(receipt& into) : into_{into} {}

  void on_field(std::string_view name, std::string_view value) override {
    if (!boost::beast::iequals(name, "Retry-After"))
      return;
    if (const auto seconds = whole_number(value); seconds && *seconds < longest)
      into_.retry_after = std::chrono::seconds{*seconds};
  }
  void on_body(std::string_view) override {}

private:
  static constexpr std::uint64_t longest = 24 * 3600;

  receipt& into_;
};

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, most_text))
    shown.push_back(c == ' ' || is_visible(c) ? c : '?');
  return shown;
}

/// A number of OTLP's JSON, which is a text or a number.
std::uint64_t number_of(const json::value& value) {
  if (const auto* text = value.if_string())
    return whole_number({text->data(), text->size()}).value_or(0);
  if (const auto* number = value.if_int64(); number && *number > 0)
    return static_cast<std::uint64_t>(*number);
  return value.is_uint64() ? value.get_uint64() : 0;
}

/// Reads `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"…"}}`.
void read_rejection(const std::string& body, receipt& into) {
  json::error_code malformed;
  const auto parsed = json::parse(body, malformed);
  const auto* whole = malformed ? nullptr : parsed.if_object();
  const auto* part = whole ? whole->if_contains("partialSuccess") : nullptr;
  if (!part || !part->is_object())
    return;
  if (const auto* rejected = part->get_object().if_contains("rejectedSpans"))
    into.rejected = number_of(*rejected);
  const auto* why = part->get_object().if_contains("errorMessage");
  if (why && why->is_string())
    into.why = printable({why->get_string().data(), why->get_string().size()});
}

class http_collector final : public collector {
public:
  http_collector(asio::io_context& context, const settings& chosen, std::string_view version)
    : context_{context},
      url_{client::web_url::parse(chosen.endpoint).value()},
      timeout_{chosen.timeout},
      user_agent_{concat("gantry/", version)},
      watch_{context} {
    if (!url_.target.starts_with('/'))
      url_.target.insert(0, "/");
    for (const auto& [name, value] : chosen.headers)
      fields_.append(name).append(": ").append(value).append("\r\n");
    if (url_.secure)
      tls_ = client::make_tls({chosen.authorities});
  }

  asio::awaitable<receipt> send(std::string_view body) override {
    receipt got;
    if (!connection_) {
      co_await connect();
      if (!connection_) {
        got.why = url_.host + " has no address";
        co_return got;
      }
    }
    client::error_code ec;
    client::response answer;
    co_await post(body, answer, got, ec);
    if (ec) {
      const auto fault = connection_->certificate_fault();
      got.status = 0;
      got.why = fault.empty() ? client::name_of(ec) : "its certificate is not accepted: " + fault;
      connection_.reset(); // another address may work, or the name have another one
      co_return got;
    }
    got.status = answer.status;
    if (got.is_accepted())
      read_rejection(answer.body, got);
    else
      got.why = printable(answer.body);
    co_return got;
  }

  void abort() override {
    aborted_ = true;
    if (connection_)
      connection_->abort();
  }

private:
  asio::awaitable<void> connect() {
    const auto found = co_await look_up(url_.host, url_.port, timeout_);
    if (found.empty() || aborted_)
      co_return;
    client::peer server{found[attempts_++ % found.size()], url_.host, url_.authority, tls_};
    client::connection_settings how{timeout_, user_agent_};
    connection_.emplace(context_, std::move(server), std::move(how));
  }

  asio::awaitable<void> post(std::string_view body, client::response& answer, receipt& got,
                             client::error_code& ec) {
    retry_field field{got};
    client::request what{boost::beast::http::verb::post, url_.target};
    what.content_type = "application/json";
    what.more_fields = fields_;
    what.body = client::payload{body};
    what.observer = &field;
    // The connection's own deadline begins a little later.
    watch_.expires_after(timeout_ + std::chrono::milliseconds{1});
    watch_.async_wait([this](const client::error_code& cancelled) {
      if (!cancelled && connection_)
        connection_->check_deadline(client::steady_clock::now());
    });
    co_await connection_->exchange(what, client::body_use::keep, answer, ec);
    watch_.cancel();
  }

  asio::io_context& context_;
  client::web_url url_;
  const std::chrono::milliseconds timeout_;
  const std::string user_agent_;
  std::string fields_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::optional<client::connection> connection_;
  asio::steady_timer watch_;
  std::size_t attempts_ = 0;
  bool aborted_ = false;
};

} // namespace

std::unique_ptr<collector> make_collector(asio::io_context& context, const settings& chosen,
                                          std::string_view version) {
  return std::make_unique<http_collector>(context, chosen, version);
}

} // namespace gantry::otlp
