#include "app/forms.hpp"

#include "app/listen_address.hpp"
#include "http/authority.hpp"
#include "limits/rate_rule.hpp"
#include "net/networks.hpp"
#include "webhooks/endpoint.hpp"

#include <stdexcept>
#include <string>

namespace gantry::app {

namespace {

void judge_origin(std::string_view text) {
  if (text != "*" && !http::parse_origin(text))
    throw std::invalid_argument{
      "'" + std::string{text} +
      "' is not an origin: write scheme and host, such as http://localhost:3000, or * to let "
      "every page read"};
}

void judge_site(std::string_view text) {
  if (!http::parse_origin(text) || !(text.starts_with("http://") || text.starts_with("https://")))
    throw std::invalid_argument{"'" + std::string{text} +
                                "' is not scheme and host: write them without a path, such as "
                                "https://registry.example"};
}

void judge_host(std::string_view text) {
  const auto named = http::parse_authority(text);
  if (!named || named->host.empty() || text.find(':') != std::string_view::npos)
    throw std::invalid_argument{"'" + std::string{text} +
                                "' is not the name of a host: omit scheme and port, "
                                "such as registry.example"};
}

void judge_target(std::string_view text) {
  if (const auto target = webhooks::read_target(text); !target)
    throw std::invalid_argument{target.error().detail};
}

} // namespace

void judge_form(config::form judged_as, std::string_view text) {
  switch (judged_as) {
  case config::form::plain: return;
  case config::form::address: parse_listen_address(text); return;
  case config::form::host: judge_host(text); return;
  case config::form::network: net::networks{{std::string{text}}}; return;
  case config::form::origin: judge_origin(text); return;
  case config::form::rate: limits::parse_rate_rule(text); return;
  case config::form::site: judge_site(text); return;
  case config::form::target: judge_target(text); return;
  }
}

} // namespace gantry::app
