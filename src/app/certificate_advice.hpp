// What `gantry cert dev` says about the files that it has made.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gantry::app {

struct made_certificates {
  /// An absolute path.
  std::filesystem::path folder;
  bool is_new_authority = false;
  /// Of the server; at least one.
  std::vector<std::string> hosts = {};
  /// The names of the clients.
  std::vector<std::string> clients = {};
  /// The day on which the certificates expire.
  std::string until = {};
};

/// Names the files, and where servers and clients want them.
std::string advice_on(const made_certificates& made);

} // namespace gantry::app
