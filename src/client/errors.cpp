#include "client/errors.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace gantry::client {

std::string name_of(const error_code& ec) {
  if (ec == no_token)
    return "no_token";
  if (ec == asio::error::connection_refused)
    return "refused";
  if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe)
    return "reset";
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
    return "closed";
  if (ec == asio::error::timed_out)
    return "timed_out";
  if (ec == asio::error::operation_aborted)
    return "aborted";
  if (ec.category() == asio::error::get_ssl_category() ||
      ec.category() == asio::ssl::error::get_stream_category())
    return "tls";
  if (ec == beast_http::error::body_limit)
    return "body_too_large";
  static const auto& http_category = make_error_code(beast_http::error::end_of_stream).category();
  return ec.category() == http_category ? "bad_response" : ec.message();
}

} // namespace gantry::client
