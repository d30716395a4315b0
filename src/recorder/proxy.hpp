// A recording reverse proxy in one object, for the program and for tests.
#pragma once

#include "client/tls.hpp"
#include "recorder/forwarder.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace gantry::recorder {

struct proxy_settings {
  /// The registry: `http[s]://HOST[:PORT]`, without a path.
  std::string upstream;
  client::tls_settings tls = {};
  /// The archive. It appears when the proxy stops.
  std::filesystem::path file;
  /// At least one.
  std::vector<boost::asio::ip::address> hosts;
  /// 0: a free one.
  std::uint16_t port = 0;
  /// The version of the program.
  std::string version;
  /// Takes what the user should know, on the proxy's thread.
  forwarder::warning warn;
};

/// Whether the text is the URL of a registry to record.
bool is_upstream(const std::string& text);

/// Used by one thread.
class proxy {
public:
  /// Throws std::runtime_error if the registry's name has no address or the file cannot be made,
  /// boost::system::system_error if the address to listen on is taken. Precondition: `is_upstream`.
  explicit proxy(proxy_settings settings);
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;
  /// Drops what was recorded, unless `stop` was called.
  ~proxy();

  std::uint16_t port() const noexcept;
  void start();
  /// Lets requests finish, then puts the archive in its place. Precondition: called once. Throws
  /// std::runtime_error if the file cannot be written.
  tally stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace gantry::recorder
