#include "client/registry_probe.hpp"

#include "client/challenge.hpp"
#include "client/registry_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace gantry::client {

namespace {

using reason = probe_error::reason;

/// How often deadlines are checked.
constexpr std::chrono::milliseconds tick{50};

connection_settings settings_of(const probe_settings& settings) {
  return {settings.timeout, settings.user_agent};
}

std::string describe(unsigned status) {
  return "GET /v2/ was answered with " + std::to_string(status);
}

/// Requests the root over a `connection` or a `registry_connection`, and waits for the response.
template <class Connection>
error_code request_root(asio::io_context& context, Connection& over, const registry_site& site,
                        response& into) {
  const registry_targets targets{site.prefix};
  const request get{boost::beast::http::verb::get, targets.root()};
  error_code ec;
  asio::co_spawn(context, over.exchange(get, body_use::drop, into, ec), asio::detached);
  for (context.run_for(tick); !context.stopped(); context.run_for(tick))
    over.check_deadline(steady_clock::now());
  return ec;
}

/// Requests the root without credentials. Returns why the address is unusable, or nothing if it
/// answers like a registry.
std::optional<probe_error> ask(const registry_site& site, const probe_settings& settings,
                               response& into) {
  asio::io_context context{1};
  connection over{context, site.server, settings_of(settings)};
  const auto ec = request_root(context, over, site, into);
  if (!ec && (into.status == 200 || into.status == 401))
    return std::nullopt;
  if (!ec)
    return probe_error{reason::unreachable, describe(into.status)};
  const auto certificate = over.certificate_fault();
  if (!settings.tls.verify || certificate.empty())
    return probe_error{reason::unreachable, ec.message()};
  return probe_error{reason::certificate, "its certificate is not accepted (" + certificate + ")"};
}

/// Requests the root with credentials. Returns what is wrong with the response; empty if nothing.
std::string try_out(const registry_site& site, const probe_settings& settings) {
  asio::io_context context{1};
  registry_connection over{context, site, settings_of(settings)};
  response answer;
  const auto ec = request_root(context, over, site, answer);
  if (ec == no_token)
    return site.permission.realm.server.authority + " issued no token (" + over.token_fault() + ")";
  if (ec)
    return ec.message();
  return answer.status == 200 ? std::string{} : describe(answer.status);
}

/// The addresses of a host. Throws probe_error.
tcp::resolver::results_type resolve(const std::string& host, std::uint16_t port) {
  asio::io_context context{1};
  tcp::resolver resolver{context};
  error_code ec;
  auto found = resolver.resolve(host, std::to_string(port), ec);
  if (ec)
    throw probe_error{reason::unreachable, host + ": " + ec.message()};
  return found;
}

/// The first address that accepts a connection, otherwise the first one, whose request then reports
/// the error.
tcp::endpoint find_open(const tcp::resolver::results_type& found,
                        std::chrono::milliseconds timeout) {
  for (const auto& each : found) {
    asio::io_context context{1};
    tcp::socket socket{context};
    bool is_open = false;
    socket.async_connect(each.endpoint(), [&](error_code ec) { is_open = !ec; });
    context.run_for(timeout);
    if (is_open)
      return each.endpoint();
    socket.close();
    context.run();
  }
  return found.begin()->endpoint();
}

/// The token server that a challenge names. Returns nothing if it names none.
std::optional<token_realm> find_realm(const challenge& wanted, const probe_settings& settings) {
  auto url = web_url::parse(wanted.parameter("realm"));
  if (!url)
    return std::nullopt;
  token_realm realm;
  realm.service = wanted.parameter("service");
  realm.target = std::move(url->target);
  realm.server.address = find_open(resolve(url->host, url->port), settings.timeout);
  if (url->secure)
    realm.server.tls = make_tls(settings.tls);
  realm.server.host = std::move(url->host);
  realm.server.authority = std::move(url->authority);
  return realm;
}

/// Prefers a token to a password if the registry accepts either. Throws probe_error.
access_rules choose(const std::string& challenges, const probe_settings& settings) {
  const auto offered = parse_challenges(challenges);
  for (const auto& each : offered)
    if (each.scheme == "bearer")
      if (auto realm = find_realm(each, settings))
        return {access_rules::scheme::bearer, settings.who, std::move(*realm)};
  for (const auto& each : offered)
    if (each.scheme == "basic") {
      if (!settings.who || !settings.who->identity_token.empty())
        throw probe_error{reason::no_credentials, "it asks for a user and a password (401)"};
      return {access_rules::scheme::basic, settings.who};
    }
  throw probe_error{reason::unreachable, "it asks for credentials of an unknown kind (401)"};
}

/// Throws probe_error.
void authenticate(registry_site& site, const std::string& challenges,
                  const probe_settings& settings) {
  site.permission = choose(challenges, settings);
  // Anonymous tokens are not tried out: what they allow differs per repository.
  if (!settings.who)
    return;
  if (const auto fault = try_out(site, settings); !fault.empty())
    throw probe_error{reason::refused, "the user or the password is not accepted: " + fault};
}

/// Throws probe_error, without the URL in its message.
registry_site find(const registry_url& url, const probe_settings& settings) {
  registry_site site{{{}, url.host(), url.authority()}, url.prefix()};
  if (url.secure())
    site.server.tls = make_tls(settings.tls);
  std::optional<probe_error> last;
  for (const auto& each : resolve(url.host(), url.port())) {
    site.server.address = each.endpoint();
    response answer;
    last = ask(site, settings, answer);
    if (last)
      continue;
    if (answer.status == 401)
      authenticate(site, answer.challenges, settings);
    return site;
  }
  throw last.value_or(probe_error{reason::unreachable, "its name has no address"});
}

/// The option that helps, for an error message.
const char* advice(probe_error::reason why) {
  switch (why) {
  case reason::certificate:
    return "; --ca names the file of its issuer's certificate, --insecure accepts any";
  case reason::no_credentials: return ": --user NAME:PASSWORD gives them";
  case reason::unreachable:
  case reason::refused: return "";
  }
  return "";
}

} // namespace

registry_site find_registry(const registry_url& url, const probe_settings& settings) {
  try {
    return find(url, settings);
  } catch (const probe_error& failure) {
    throw probe_error{failure.why(),
                      "no registry answers at " + url.to_string() + ": " + failure.what()};
  }
}

registry_site find_registry_for_user(const registry_url& url, const probe_settings& settings) {
  try {
    return find_registry(url, settings);
  } catch (const probe_error& failure) {
    throw std::runtime_error{std::string{failure.what()} + advice(failure.why())};
  }
}

} // namespace gantry::client
