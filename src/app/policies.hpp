// `gantry policy`: checks a policy file, and says what it decides.
#pragma once

#include "policy/action.hpp"
#include "policy/subject.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

namespace gantry::app {

enum class policy_task : std::uint8_t { check, test };

struct policy_command {
  policy_task task = policy_task::check;
  std::filesystem::path file;
  /// Who asks; anonymous unless a user is named.
  policy::subject who = {};
  policy::action what = policy::action::pull;
  /// Empty for actions of the whole registry.
  std::string repository = {};
};

/// Prints on `output` what the policy decides, and which rule did; returns the exit status: 0 if it
/// allows that, 1 if not. A check prints how many rules there are, and returns 0. Throws
/// std::invalid_argument, with one line that says what to do, if the file or the question is wrong.
int run(const policy_command& command, std::FILE* output = stdout);

} // namespace gantry::app
