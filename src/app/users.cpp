#include "app/users.hpp"

#include "app/edited_file.hpp"
#include "auth/bcrypt.hpp"
#include "auth/htpasswd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace gantry::app {

namespace {

namespace fs = std::filesystem;

/// Does not show what is typed, as long as it lives.
class hidden_input {
public:
  explicit hidden_input(int terminal) : terminal_{terminal} {
    ::tcgetattr(terminal_, &usual_);
    auto quiet = usual_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal_, TCSAFLUSH, &quiet);
  }
  hidden_input(const hidden_input&) = delete;
  hidden_input& operator=(const hidden_input&) = delete;
  ~hidden_input() { ::tcsetattr(terminal_, TCSAFLUSH, &usual_); }

private:
  int terminal_;
  termios usual_{};
};

std::string read_line(std::FILE* input) {
  std::string line;
  for (int c = std::fgetc(input); c != EOF && c != '\n'; c = std::fgetc(input))
    line += static_cast<char>(c);
  if (line.ends_with('\r'))
    line.pop_back();
  return line;
}

std::string ask(std::FILE* input, const char* question) {
  std::fputs(question, stderr);
  auto line = read_line(input);
  std::fputs("\n", stderr);
  return line;
}

std::string read_password(std::FILE* input) {
  std::string password;
  if (::isatty(::fileno(input))) {
    const hidden_input hidden{::fileno(input)};
    password = ask(input, "Password: ");
    if (ask(input, "Once more: ") != password)
      throw std::runtime_error{"the two passwords differ"};
  } else {
    password = read_line(input);
  }
  if (password.empty())
    throw std::runtime_error{"the password is empty: write it as one line to stdin"};
  if (password.size() > auth::longest_password)
    throw std::runtime_error{"a password has at most 72 bytes: bcrypt would ignore the rest"};
  if (password.find('\0') != std::string::npos)
    throw std::runtime_error{"a password holds no zero byte"};
  return password;
}

void set_password(const user_command& command, const edited_file& file, std::FILE* input) {
  const auto hash = auth::make_bcrypt(read_password(input), command.cost);
  file.write(auth::with_user(file.text(), command.user, hash));
}

} // namespace

int run(const user_command& command, std::FILE* input) {
  const edited_file file{command.file};
  const auto& text = file.text();
  const auto users = auth::users_in(text);
  const bool is_known = std::ranges::find(users, command.user) != users.end();
  const auto known = "the user " + command.user + " is there: use gantry user passwd";
  const auto unknown = "there is no user " + command.user;
  switch (command.action) {
  case user_action::add:
    if (const auto mistake = auth::mistake_in_user(command.user); !mistake.empty())
      throw std::runtime_error{mistake};
    if (is_known)
      file.refuse(known);
    set_password(command, file, input);
    return 0;
  case user_action::change_password:
    if (!is_known)
      file.refuse(unknown);
    set_password(command, file, input);
    return 0;
  case user_action::remove:
    if (!is_known)
      file.refuse(unknown);
    file.write(auth::without_user(text, command.user));
    return 0;
  case user_action::list:
    file.demand();
    for (const auto& user : users)
      std::puts(user.c_str());
    return 0;
  }
  return 0;
}

} // namespace gantry::app
