// One rule of a policy.
#pragma once

#include "policy/action.hpp"
#include "policy/repository_pattern.hpp"

#include <map>
#include <string>
#include <vector>

namespace gantry::policy {

struct rule {
  /// As the file calls it; may be empty.
  std::string name = {};
  /// Where it begins in the file, counted from 1; 0 if it comes from none.
  int line = 0;
  bool denies = false;
  action_set actions = {};
  /// For actions in repositories.
  std::vector<repository_pattern> repositories = {};

  // Whom it is about: those who fit one of these.
  std::vector<std::string> users = {};
  /// Each that has logged in.
  bool any_user = false;
  std::vector<std::string> groups = {};
  /// All of the names, each with one of its values; empty fits no subject.
  std::map<std::string, std::vector<std::string>> claims = {};
  /// Those that have not logged in. What they may do, all may: each client can come without a name.
  bool anonymous = false;
};

/// How messages call a rule: `the rule "NAME" (line N)`.
std::string title_of(const rule& which);

} // namespace gantry::policy
