#include "client/document.hpp"

#include "client/connection.hpp"
#include "client/peer_search.hpp"
#include "client/registry_url.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace gantry::client {

namespace {

document failed(std::string why) {
  return {.why = std::move(why)};
}

document exchange(const web_url& url, peer server, std::chrono::milliseconds timeout) {
  boost::asio::io_context context{1};
  connection over{context, std::move(server), {.timeout = timeout, .reconnect = true}};
  const std::string_view target = url.target.empty() ? std::string_view{"/"} : url.target;
  const request get{
    .method = boost::beast::http::verb::get, .target = target, .accept = "application/json"};
  response answer;
  error_code ec;
  boost::asio::co_spawn(context, over.exchange(get, body_use::keep, answer, ec),
                        boost::asio::detached);
  run_with_deadline(context, over);
  if (ec) {
    const auto certificate = over.certificate_fault();
    return failed(certificate.empty() ? ec.message()
                                      : "its certificate is not accepted (" + certificate + ")");
  }
  if (answer.status != 200)
    return failed("it was answered with " + std::to_string(answer.status));
  return {.text = std::move(answer.body)};
}

} // namespace

document fetch_document(const std::string& url, const document_settings& settings) {
  const auto parsed = web_url::parse(url);
  if (!parsed)
    return failed(parsed.error().detail);
  try {
    return exchange(*parsed, find_peer(*parsed, settings.tls, settings.timeout), settings.timeout);
  } catch (const std::runtime_error& failure) {
    return failed(failure.what());
  }
}

} // namespace gantry::client
