// What all clients of one registry share.
#pragma once

#include "client/access_rules.hpp"
#include "client/stream.hpp"

#include <string>

namespace gantry::client {

/// Made by `find_registry`. Connections copy what they need from it.
struct registry_site {
  peer server;
  /// The path that precedes `/v2/`. Empty, or starts with a slash and does not end with one.
  std::string prefix;
  access_rules permission = {};
};

} // namespace gantry::client
