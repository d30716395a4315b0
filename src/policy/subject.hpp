// Who asks.
#pragma once

#include "policy/grant_list.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::policy {

/// What is known of a client.
struct subject {
  /// The name that it has logged in with.
  std::string user = {};
  /// Groups that came with the identity, besides those of the policy file.
  std::vector<std::string> groups = {};
  /// What else the identity says, such as the claims of a token: each name with its values.
  std::map<std::string, std::vector<std::string>, std::less<>> claims = {};
  /// What its token allows: all of them must, besides the rules. None for no limit.
  std::vector<std::shared_ptr<const grant_list>> limits = {};
  /// It has not logged in. Of the other members, only the limits then count.
  bool anonymous = true;

  static subject user_named(std::string name) {
    return {.user = std::move(name), .anonymous = false};
  }
};

} // namespace gantry::policy
