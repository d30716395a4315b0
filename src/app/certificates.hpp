// `gantry cert`: certificates for servers of developers, and for their clients.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace gantry::app {

struct dev_certificate_command {
  /// Created if absent.
  std::filesystem::path folder = "gantry-tls";
  /// Names and IP addresses of the server, besides localhost and the loopback addresses.
  std::vector<std::string> hosts;
  /// Users that get certificates of clients, as `read_certified_user` has them.
  std::vector<std::string> clients = {};
  /// The groups of these users.
  std::vector<std::string> organisations = {};
};

/// Makes an authority in the folder, unless it holds one, and new certificates that are issued by
/// it. Writes what to do with them to `output`. Returns the exit status, 0. Throws
/// std::runtime_error, with one line that says what to do, if a file cannot be read or written, or
/// is not of this authority.
int run(const dev_certificate_command& command, std::FILE* output = stdout);

/// Throws std::invalid_argument if the text is not the name or IP address of a host. A name may
/// begin with `*.`.
std::string read_certified_host(const std::string& text);

/// Throws std::invalid_argument if the text cannot be both a user and the name of a file: letters,
/// digits, and `.-_@+` within them, at most 64 bytes, neither `ca` nor `server`.
std::string read_certified_user(const std::string& text);

/// Throws std::invalid_argument if the text is too long for an organisation, or has control
/// characters.
std::string read_organisation(const std::string& text);

} // namespace gantry::app
