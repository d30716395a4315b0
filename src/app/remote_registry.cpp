#include "app/remote_registry.hpp"

#include "client/registry_connection.hpp"
#include "client/registry_probe.hpp"
#include "copying/docker_credentials.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <chrono>
#include <cstdlib>
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
  return copying::find_credentials(url.authority(), [](const char* name) {
    const auto* value = std::getenv(name);
    return std::string{value ? value : ""};
  });
}

/// The registry's own words: `the tag latest has changed since (409)`.
std::string words_of(const client::response& answer) {
  std::string words;
  boost::system::error_code wrong;
  const auto text = json::parse(answer.body, wrong);
  if (!wrong && text.is_object() && text.get_object().contains("errors")) {
    const auto& first = text.at("errors").at(0);
    words = json::value_to<std::string>(first.at("message"));
    if (const auto& detail = first.at("detail"); detail.is_string())
      words += ": " + json::value_to<std::string>(detail);
  }
  return (words.empty() ? "the registry refuses it" : words) + " (" +
         std::to_string(answer.status) + ")";
}

/// `</path?last=x>; rel="next"`.
std::string target_in(std::string_view link) {
  const auto end = link.find('>');
  return link.starts_with('<') && end != link.npos ? std::string{link.substr(1, end - 1)}
                                                   : std::string{};
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
                                   std::string_view body) {
  const client::probe_settings settings;
  asio::io_context context{1};
  client::registry_connection over{context, site_, {settings.timeout, settings.user_agent}};
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
  if (answer.status == 401)
    throw std::runtime_error{target + " wants a login; --user NAME:PASSWORD is one"};
  if (answer.status >= 400)
    throw std::runtime_error{words_of(answer)};
  return {answer.status, std::move(answer.body), target_in(answer.link)};
}

} // namespace gantry::app
