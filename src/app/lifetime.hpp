// What happens to a server program from outside: it has to stop, or to look at its files again.
#pragma once

#include "app/file_watch.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace gantry::app {

enum class event : std::uint8_t {
  /// Time has passed.
  none,
  /// SIGINT or SIGTERM came, or the process that needs the program has ended.
  end,
  /// SIGHUP came, or the watched file has changed.
  reload,
  /// SIGUSR1 came: log files were renamed, open them again.
  reopen,
  /// SIGUSR2 came: stop or start to refuse pushes and deletes.
  protect,
};

struct lifetime_options {
  /// The number of the process that needs the program, 0 for none; one that does not exist counts
  /// as ended.
  std::uint32_t parent = 0;
  /// SIGHUP is an event. Otherwise it ends the program, as when its terminal is closed.
  bool reloads = false;
  /// The file whose changes are events; empty for none.
  std::string file = {};
};

/// Made once, by the main thread and before any other thread starts; `wait` is for one thread.
class lifetime {
public:
  /// Blocks the signals in this thread and those that it starts, and ignores SIGPIPE. Throws
  /// std::runtime_error if the kernel refuses to watch `options.parent`.
  explicit lifetime(const lifetime_options& options);
  lifetime(const lifetime&) = delete;
  lifetime& operator=(const lifetime&) = delete;
  ~lifetime();

  /// Whether it is time to stop, for good. Thread-safe.
  bool is_over() const;
  /// Waits for the next event, but no longer than `at_most`.
  event wait(std::chrono::milliseconds at_most);

private:
  /// A signalfd(2) for the signals that end the program; nothing reads it.
  int ends_ = -1;
  /// Another one for the signals that do not.
  int signals_ = -1;
  /// A pidfd (pidfd_open(2)), which is not fooled by a number that is used again; -1 for none.
  int parent_ = -1;
  bool parent_is_gone_ = false;
  /// Null for none.
  std::unique_ptr<file_watch> file_;
};

} // namespace gantry::app
