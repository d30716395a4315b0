#include "bench/registry_probe.hpp"

#include "bench/authorizer.hpp"
#include "bench/challenge.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace gantry::bench {

namespace {

struct verdict {
  /// Of `GET /v2/`; zero where there is no answer.
  unsigned status = 0;
  /// Why there is none.
  std::string fault = "its name has no address";
  /// How to authenticate.
  std::string challenges = {};
};

/// Runs what was begun until it ends, or until its time is over and `cut` has ended it.
void run(asio::io_context& context, std::chrono::milliseconds timeout,
         const std::function<void()>& cut) {
  context.run_for(timeout);
  if (context.stopped())
    return;
  cut();
  context.run();
}

verdict ask_version(const registry_site& site, const probe_settings& settings) {
  asio::io_context context{1};
  client_connection connection{context, site.server, settings.timeout};
  const auto target = site.prefix + "/v2/";
  const request get{boost::beast::http::verb::get, target};
  response answer;
  error_code ec;
  asio::co_spawn(context, connection.exchange(get, body_use::drop, answer, ec), asio::detached);
  run(context, settings.timeout,
      [&] { connection.check_deadline(steady_clock::time_point::max()); });
  if (!ec)
    return {answer.status, {}, answer.challenges};
  const auto certificate = connection.certificate_fault();
  if (!settings.tls.verify || certificate.empty())
    return {0, ec.message()};
  return {0, "its certificate is not accepted (" + certificate +
               "); --ca names the file of who issued it, --insecure accepts any"};
}

/// `GET /v2/` as somebody; what is wrong with the answer.
std::string try_out(const registry_site& site, const probe_settings& settings) {
  asio::io_context context{1};
  recorder nowhere;
  const auto target = site.prefix + "/v2/";
  authorizer identity{context, site.permission, target, settings.timeout, nowhere};
  client_connection connection{context, site.server, settings.timeout};
  std::string fault;
  const auto ask = [&]() -> asio::awaitable<void> {
    const auto authorization = co_await identity.authorize(target);
    if (authorization.empty()) {
      fault = "no token is to be had from " + site.permission.realm.server.authority + " (" +
              identity.fault() + ")";
      co_return;
    }
    request get{boost::beast::http::verb::get, target};
    get.authorization = authorization;
    response answer;
    error_code ec;
    co_await connection.exchange(get, body_use::drop, answer, ec);
    if (ec)
      fault = ec.message();
    else if (answer.status != 200)
      fault = "GET /v2/ was answered with " + std::to_string(answer.status);
  };
  asio::co_spawn(context, ask, asio::detached);
  run(context, 2 * settings.timeout, [&] {
    identity.check_deadline(steady_clock::time_point::max());
    connection.check_deadline(steady_clock::time_point::max());
  });
  return fault;
}

/// The addresses of a host. Throws std::runtime_error.
tcp::resolver::results_type resolve(const std::string& host, std::uint16_t port) {
  asio::io_context context{1};
  tcp::resolver resolver{context};
  error_code ec;
  auto found = resolver.resolve(host, std::to_string(port), ec);
  if (ec)
    throw std::runtime_error{host + ": " + ec.message()};
  return found;
}

/// The first address that takes connections; if none does, the first one: it is seen later why.
tcp::endpoint find_open(const tcp::resolver::results_type& found,
                        std::chrono::milliseconds timeout) {
  for (const auto& each : found) {
    asio::io_context context{1};
    tcp::socket socket{context};
    bool is_open = false;
    socket.async_connect(each.endpoint(), [&](error_code ec) { is_open = !ec; });
    run(context, timeout, [&] { socket.close(); });
    if (is_open)
      return each.endpoint();
  }
  return found.begin()->endpoint();
}

/// Where tokens come from, if the challenge says so.
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

/// A token rather than a password, where the registry takes either.
access_rules choose(const std::string& challenges, const probe_settings& settings) {
  const auto offered = parse_challenges(challenges);
  for (const auto& each : offered)
    if (each.scheme == "bearer")
      if (auto realm = find_realm(each, settings))
        return {access_rules::scheme::bearer, settings.who, std::move(*realm)};
  for (const auto& each : offered)
    if (each.scheme == "basic") {
      if (!settings.who)
        throw std::runtime_error{
          "it asks for a user and a password (401): --user NAME:PASSWORD gives them"};
      return {access_rules::scheme::basic, settings.who};
    }
  throw std::runtime_error{"it asks for credentials (401) of a kind that there is no way to give"};
}

void authenticate(registry_site& site, const std::string& challenges,
                  const probe_settings& settings) {
  site.permission = choose(challenges, settings);
  // What anybody may do depends on the repository.
  if (!settings.who)
    return;
  if (const auto fault = try_out(site, settings); !fault.empty())
    throw std::runtime_error{"the user or the password is not accepted: " + fault};
}

} // namespace

registry_site find_registry(const registry_url& url, const probe_settings& settings) {
  registry_site site{{{}, url.host(), url.authority()}, url.prefix()};
  if (url.secure())
    site.server.tls = make_tls(settings.tls);
  try {
    verdict last;
    for (const auto& each : resolve(url.host(), url.port())) {
      site.server.address = each.endpoint();
      last = ask_version(site, settings);
      if (last.status == 401)
        authenticate(site, last.challenges, settings);
      if (last.status == 401 || last.status == 200)
        return site;
    }
    if (last.status != 0)
      last.fault = "GET /v2/ was answered with " + std::to_string(last.status);
    throw std::runtime_error{last.fault};
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error{"no registry answers at " + url.to_string() + ": " + failure.what()};
  }
}

} // namespace gantry::bench
