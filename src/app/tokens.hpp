// `gantry token`: the personal access tokens of a file.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace gantry::app {

enum class token_action : std::uint8_t { create, list, revoke };

struct token_command {
  token_action action = token_action::list;
  std::filesystem::path file = {};
  std::string user = {};
  std::string note = {};
  std::vector<std::string> scopes = {};
  /// Zero: never.
  std::chrono::milliseconds lifetime{0};
  /// Of the token to revoke.
  std::string id = {};
};

/// Changes the file as a whole. A new token is printed on `output`, once: the file keeps a hash of
/// it. Returns the exit status, 0. Throws std::runtime_error and std::invalid_argument, with one
/// line that says what to do.
int run(const token_command& command, std::FILE* output = stdout);

} // namespace gantry::app
