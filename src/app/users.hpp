// `gantry user`: the users of an htpasswd file.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

namespace gantry::app {

enum class user_action : std::uint8_t { add, change_password, remove, list };

struct user_command {
  user_action action = user_action::list;
  std::filesystem::path file;
  std::string user;
  /// bcrypt: each step doubles the time that a check takes.
  unsigned cost = 10;
};

/// Changes the file as a whole, so that a server never reads half of it; a new file can be read by
/// its owner only. A password is one line of `input`; if that is a terminal, it is asked for twice
/// and not shown. Returns the exit status, 0. Throws std::runtime_error, with one line that says
/// what to do.
int run(const user_command& command, std::FILE* input = stdin);

} // namespace gantry::app
