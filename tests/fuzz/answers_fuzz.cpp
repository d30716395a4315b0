// Responses of registries and token servers: the first byte chooses the parser.
#include "client/access_rules.hpp"
#include "client/challenge.hpp"
#include "client/registry_url.hpp"
#include "client/response_parser.hpp"
#include "client/targets.hpp"
#include "fuzz/fuzz.hpp"

#include <boost/asio/buffer.hpp>

#include <array>

using namespace gantry;
using fuzz::require;

namespace {

void read_challenges(fuzz::input text) {
  for (const auto& offered : client::parse_challenges(text.rest()))
    require(!offered.scheme.empty());
}

void read_urls(fuzz::input text) {
  static_cast<void>(client::web_url::parse(text.rest()));
  if (const auto url = client::registry_url::parse(text.rest()))
    require(client::registry_url::parse(url->to_string()).has_value());
}

void read_location(fuzz::input text) {
  const client::registry_targets targets{""};
  const auto from = text.take_until("\n");
  if (const auto target = client::resolve_location(text.rest(), from))
    static_cast<void>(client::with_digest(*target, "sha256:0"));
  static_cast<void>(targets.repository_in(text.rest()));
}

void read_token(fuzz::input text) {
  if (const auto answer = client::read_token(text.rest()))
    require(!answer->token.empty() && answer->lifetime.count() >= 0);
}

void read_response(fuzz::input text) {
  client::response into;
  const auto choice = text.take();
  const auto step = text.take();
  client::response_parser parser{into, static_cast<client::body_use>(choice % 3),
                                 choice % 16 >= 12};
  std::string unread;
  bool has_failed = false;
  fuzz::in_pieces(text.rest(), step, [&](std::string_view piece) {
    unread += piece;
    for (std::size_t used = 1; used > 0 && !unread.empty() && !has_failed && !parser.is_done();) {
      boost::system::error_code failure;
      used = parser.put(boost::asio::buffer(unread.data(), unread.size()), failure);
      unread.erase(0, used);
      has_failed = failure.failed();
    }
  });
  require(into.body.size() <= client::max_kept_body);
}

constexpr std::array parsers{read_challenges, read_urls, read_location, read_token, read_response};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto choice = text.take();
  parsers[choice % parsers.size()](text);
  return 0;
}
