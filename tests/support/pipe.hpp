// A pipe that collects what is written to it, in place of stdout.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <unistd.h>

namespace gantry::test {

class pipe {
public:
  pipe() {
    if (::pipe(ends_.data()) != 0)
      throw std::runtime_error{"no pipe can be made"};
  }
  pipe(const pipe&) = delete;
  pipe& operator=(const pipe&) = delete;
  ~pipe() {
    close_writer();
    ::close(ends_[0]);
  }

  int writer() const noexcept { return ends_[1]; }

  void close_writer() {
    if (ends_[1] >= 0)
      ::close(ends_[1]);
    ends_[1] = -1;
  }

  /// Waits for a whole line.
  std::string read_line() {
    while (received_.find('\n') == std::string::npos && receive()) {
    }
    const auto end = received_.find('\n');
    auto line = received_.substr(0, end);
    received_.erase(0, end == std::string::npos ? end : end + 1);
    return line;
  }

  /// Reads everything up to the end; closes the writing end first.
  std::string read_all() {
    close_writer();
    while (receive()) {
    }
    return std::move(received_);
  }

private:
  bool receive() {
    std::array<char, 4096> buffer;
    const auto n = ::read(ends_[0], buffer.data(), buffer.size());
    if (n > 0)
      received_.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0;
  }

  std::array<int, 2> ends_{-1, -1};
  std::string received_;
};

} // namespace gantry::test
