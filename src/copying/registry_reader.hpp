// Reads a registry with requests that wait for their response.
#pragma once

#include "client/connection.hpp"
#include "client/registry_connection.hpp"
#include "client/registry_site.hpp"
#include "client/targets.hpp"
#include "client/tls.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gantry::copying {

/// The part of a blob that has arrived. An exception ends the download and is passed on.
using byte_taker = std::function<void(std::span<const std::byte>)>;

/// Repeats what fails for a moment: connections that break, and answers 429 and 5xx. One thread.
class registry_reader {
public:
  registry_reader(const client::registry_site& site, const client::tls_settings& tls);

  const client::registry_targets& targets() const noexcept { return targets_; }

  /// Keeps the body, of at most `client::max_kept_body`. Throws transfer::broken_entry if there is
  /// no response.
  client::response get(const std::string& target, std::string_view accept = {});
  client::response head(const std::string& target, std::string_view accept);

  /// Follows redirections to other servers, which get no credentials. If the connection breaks, the
  /// rest is requested. Throws transfer::broken_entry if the registry does not send `size` bytes.
  void read_blob(const std::string& target, std::uint64_t size, const byte_taker& take);

private:
  client::response ask(client::request what, client::body_use use);
  /// Passes the bytes from `done` on to `take`, and counts them. Returns why it did not get all.
  std::string read_part(const std::string& target, std::uint64_t size, std::uint64_t& done,
                        const byte_taker& take);
  template <class Connection>
  client::error_code exchange(Connection& over, const client::request& what, client::body_use use,
                              client::response& into);
  /// The connection to the server of a redirection.
  client::connection& connection_to(const std::string& url, std::string& target);

  client::tls_settings tls_;
  boost::asio::ip::tcp family_;
  client::registry_targets targets_;
  boost::asio::io_context context_{1};
  client::registry_connection registry_;
  /// By scheme and authority.
  std::map<std::string, std::unique_ptr<client::connection>> others_;
};

} // namespace gantry::copying
