#include "otlp/collector.hpp"

#include "base/text.hpp"
#include "client/poster.hpp"
#include "client/registry_url.hpp"
#include "client/tls.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <utility>

namespace asio = boost::asio;
namespace json = boost::json;

namespace gantry::otlp {

namespace {

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
    into.why = client::printable({why->get_string().data(), why->get_string().size()});
}

client::poster_settings settings_of(const settings& chosen, const client::web_url& url,
                                    std::string_view version) {
  client::poster_settings made{.timeout = chosen.timeout, .user_agent = concat("gantry/", version)};
  for (const auto& [name, value] : chosen.headers)
    made.add_field(name, value);
  if (url.secure)
    made.tls = client::make_tls({chosen.authorities});
  return made;
}

class http_collector final : public collector {
public:
  http_collector(asio::io_context& context, const client::web_url& url, const settings& chosen,
                 std::string_view version)
    : to_{context, url, settings_of(chosen, url, version)} {}

  asio::awaitable<receipt> send(std::string_view body) override {
    auto answer = co_await to_.post("application/json", body);
    receipt got;
    got.status = answer.status;
    got.retry_after = answer.retry_after;
    if (got.is_accepted())
      read_rejection(answer.body, got);
    else
      got.why = answer.status == 0 ? std::move(answer.why) : client::printable(answer.body);
    co_return got;
  }

  void abort() override { to_.abort(); }

private:
  client::poster to_;
};

} // namespace

std::unique_ptr<collector> make_collector(asio::io_context& context, const settings& chosen,
                                          std::string_view version) {
  return std::make_unique<http_collector>(context, client::web_url::parse(chosen.endpoint).value(),
                                          chosen, version);
}

} // namespace gantry::otlp
