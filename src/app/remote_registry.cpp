#include "app/remote_registry.hpp"

#include "client/registry_connection.hpp"
#include "client/registry_probe.hpp"
#include "client/targets.hpp"
#include "copying/docker_credentials.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <chrono>
#include <stdexcept>

namespace gantry::app {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

/// How often deadlines are checked.
constexpr std::chrono::milliseconds check_interval{50};

client::credentials read_user(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    throw std::invalid_argument{"--user: '" + text + "' is not of the form NAME:PASSWORD"};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<client::credentials> find_user(const remote_options& options,
                                             const client::registry_url& url) {
  if (!options.user.empty())
    return read_user(options.user);
  return copying::find_credentials(url.authority(), copying::variable_of_process);
}

/// A text at this JSON pointer; empty if there is none.
std::string text_at(const json::value& from, std::string_view pointer) {
  boost::system::error_code absent;
  const auto* found = from.find_pointer(pointer, absent);
  return found && found->is_string() ? json::value_to<std::string>(*found) : std::string{};
}

/// The registry's own words: `this can no longer be undone: the tag 1 has changed since (409)`.
/// Empty if it has none.
std::string words_of(const client::response& answer) {
  boost::system::error_code wrong;
  const auto text = json::parse(answer.body, wrong);
  const auto message = wrong ? std::string{} : text_at(text, "/errors/0/message");
  if (message.empty())
    return {};
  const auto detail = text_at(text, "/errors/0/detail");
  return message + (detail.empty() ? "" : ": ") + detail + " (" + std::to_string(answer.status) +
         ")";
}

/// Why an answer is of no use, and what to do.
std::string complaint(const std::string& target, const client::response& answer) {
  if (answer.status == 401)
    return target + " wants a login; --user NAME:PASSWORD is one";
  auto words = words_of(answer);
  if (answer.status == 404 && words.empty())
    return target + " is unknown there: the address is not that of gantry";
  if (words.empty())
    words = target + " was answered with " + std::to_string(answer.status);
  return answer.status == 403 ? words + "; --user NAME:PASSWORD names another user" : words;
}

/// The path that a Link field leads to, without the prefix; empty if there is none.
std::string next_path(const client::response& answer, const std::string& target,
                      std::string_view prefix) {
  auto next = client::next_page(answer.link, target).value_or("");
  if (next.starts_with(prefix))
    next.erase(0, prefix.size());
  return next;
}

} // namespace

remote_registry::remote_registry(const remote_options& options) {
  const auto url = client::registry_url::parse(options.url);
  if (!url)
    throw std::invalid_argument{"'" + options.url + "' is not of the form http[s]://HOST[:PORT]"};
  client::probe_settings settings;
  settings.who = find_user(options, *url);
  settings.tls = options.tls;
  site_ = client::find_registry_for_user(*url, settings);
}

remote_answer remote_registry::ask(boost::beast::http::verb method, std::string_view path,
                                   std::string_view body, std::chrono::milliseconds patience) {
  const client::probe_settings settings;
  asio::io_context context{1};
  client::registry_connection over{context, site_, {patience, settings.user_agent}};
  const auto target = site_.prefix + std::string{path};
  client::response answer;
  client::error_code ec;
  client::request asked{method, target};
  if (!body.empty()) {
    asked.content_type = "application/json";
    asked.body = client::payload{body};
  }
  asio::co_spawn(context, over.exchange(asked, client::body_use::keep, answer, ec), asio::detached);
  for (context.run_for(check_interval); !context.stopped(); context.run_for(check_interval))
    over.check_deadline(client::steady_clock::now());
  if (ec)
    throw std::runtime_error{target + ": " + ec.message()};
  if (answer.status < 200 || answer.status > 299)
    throw std::runtime_error{complaint(target, answer)};
  return {answer.status, std::move(answer.body), next_path(answer, target, site_.prefix)};
}

} // namespace gantry::app
