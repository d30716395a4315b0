#include "webhooks/posting.hpp"

#include "client/tls.hpp"

#include <utility>

namespace gantry::webhooks {

client::poster_settings poster_settings_of(const endpoint& who, const target& at,
                                           std::string user_agent) {
  client::poster_settings made{.timeout = who.timeout, .user_agent = std::move(user_agent)};
  if (!at.authorization.empty())
    made.add_field("Authorization", at.authorization);
  for (const auto& [name, value] : who.headers)
    made.add_field(name, value);
  if (at.url.secure)
    made.tls = client::make_tls({});
  return made;
}

std::string failure_in(const client::post_answer& got) {
  if (got.status == 0)
    return got.why;
  if (is_accepted(got.status))
    return {};
  auto text = "it answers " + std::to_string(got.status);
  return got.body.empty() ? text : text + " (" + client::printable(got.body) + ")";
}

} // namespace gantry::webhooks
