#include "bench/registry_probe.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace gantry::bench {

namespace {

struct verdict {
  /// Of `GET /v2/`; zero where there is no answer.
  unsigned status = 0;
  /// Why there is none.
  std::string fault = "its name has no address";
};

verdict ask_version(const registry_site& site, bool verify, std::chrono::milliseconds timeout) {
  asio::io_context context{1};
  client_connection connection{context, site.server, timeout};
  const auto target = site.prefix + "/v2/";
  const request get{boost::beast::http::verb::get, target};
  response answer;
  error_code ec;
  asio::co_spawn(context, connection.exchange(get, body_use::drop, answer, ec), asio::detached);
  context.run_for(timeout);
  if (!context.stopped()) {
    connection.check_deadline(steady_clock::time_point::max());
    context.run();
  }
  if (!ec)
    return {answer.status, {}};
  const auto certificate = connection.certificate_fault();
  if (!verify || certificate.empty())
    return {0, ec.message()};
  return {0, "its certificate is not accepted (" + certificate +
               "); --ca names the file of who issued it, --insecure accepts any"};
}

} // namespace

registry_site find_registry(const registry_url& url, const tls_settings& tls,
                            std::chrono::milliseconds timeout) {
  asio::io_context context{1};
  tcp::resolver resolver{context};
  error_code ec;
  const auto found = resolver.resolve(url.host(), std::to_string(url.port()), ec);
  registry_site site{{{}, url.host(), url.authority()}, url.prefix()};
  if (url.secure())
    site.server.tls = make_tls(tls);
  verdict last;
  if (ec)
    last.fault = ec.message();
  for (const auto& each : found) {
    site.server.address = each.endpoint();
    last = ask_version(site, tls.verify, timeout);
    if (last.status == 200)
      return site;
  }
  const auto where = "no registry answers at " + url.to_string() + ": ";
  if (last.status == 401)
    throw std::runtime_error{where +
                             "it asks for credentials (401), and there is no way to give them"};
  if (last.status != 0)
    throw std::runtime_error{where + "GET /v2/ was answered with " + std::to_string(last.status)};
  throw std::runtime_error{where + last.fault};
}

} // namespace gantry::bench
