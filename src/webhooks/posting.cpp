#include "webhooks/posting.hpp"

#include "client/tls.hpp"

#include <string_view>
#include <utility>

namespace gantry::webhooks {

client::poster_settings poster_settings_of(const endpoint& who, const target& at,
                                           std::string user_agent) {
  client::poster_settings made{.timeout = who.timeout, .user_agent = std::move(user_agent)};
  const auto add = [&made](std::string_view name, std::string_view value) {
    made.more_fields.append(name).append(": ").append(value).append("\r\n");
  };
  if (!at.authorization.empty())
    add("Authorization", at.authorization);
  for (const auto& [name, value] : who.headers)
    add(name, value);
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
