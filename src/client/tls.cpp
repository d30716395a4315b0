#include "client/tls.hpp"

#include <boost/system/error_code.hpp>

#include <stdexcept>

namespace ssl = boost::asio::ssl;

namespace gantry::client {

std::shared_ptr<ssl::context> make_tls(const tls_settings& settings) {
  auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code ec;
  made->set_verify_mode(settings.verify ? ssl::verify_peer : ssl::verify_none);
  if (settings.authorities.empty())
    made->set_default_verify_paths(ec);
  else
    made->load_verify_file(settings.authorities, ec);
  if (ec)
    throw std::runtime_error{"no certificates can be read from " +
                             (settings.authorities.empty() ? "the system" : settings.authorities)};
  return made;
}

} // namespace gantry::client
