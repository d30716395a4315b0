// One recorded request with its response.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::replay {

struct recorded {
  std::string method;
  /// Path and query.
  std::string target;
  unsigned status = 0;
  /// Of the response, without those that a server makes itself. A Location on the recorded host is
  /// a path.
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
  /// The length that was declared, for a response to HEAD.
  std::optional<std::uint64_t> declared_length = {};
};

} // namespace gantry::replay
