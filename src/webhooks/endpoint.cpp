#include "webhooks/endpoint.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace gantry::webhooks {

namespace {

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

} // namespace

result<target> read_target(std::string_view text) {
  const auto begin = text.find("://");
  const auto host = begin == std::string_view::npos ? text.size() : begin + 3;
  const auto end = std::min(text.find_first_of("/?#", host), text.size());
  const auto at = text.substr(0, end).rfind('@');
  target made;
  made.shown = text;
  if (at != std::string_view::npos && at >= host) {
    const auto login = text.substr(host, at - host);
    if (login.find('%') != std::string_view::npos || !std::ranges::all_of(login, is_visible))
      return fail(errc::request_invalid, "the user and the password of this URL have characters "
                                         "that need another form: write them as a field "
                                         "Authorization in headers");
    made.authorization =
      "Basic " + to_base64(login.find(':') == std::string_view::npos ? concat(login, ":")
                                                                     : std::string{login});
    made.shown = concat(text.substr(0, host), text.substr(at + 1));
  }
  auto url = client::web_url::parse(made.shown);
  if (!url)
    return fail(errc::request_invalid,
                in_quotes(excerpt(made.shown)) +
                  " is not a URL: write one such as https://listener.example/event");
  made.url = std::move(*url);
  return made;
}

std::string_view action_of(change_kind kind) noexcept {
  switch (kind) {
  case change_kind::push:
  case change_kind::move:
  case change_kind::undelete:
  case change_kind::copy: return "push";
  case change_kind::remove:
  case change_kind::expire: return "delete";
  }
  return "push";
}

bool wants(const endpoint& who, const logged_change& change) {
  const auto& entry = change.entry;
  return !has(who.ignored_media_types, entry.media_type) &&
         !has(who.ignored_actions, to_string(entry.kind)) &&
         !has(who.ignored_actions, action_of(entry.kind));
}

} // namespace gantry::webhooks
