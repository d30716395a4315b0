// The policy of a file, read again when it changes.
#pragma once

#include "auth/watched_file.hpp"
#include "base/current.hpp"
#include "base/mutex.hpp"
#include "base/once_per.hpp"
#include "policy/rule_set.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace gantry::auth {

/// Thread-safe. The file is looked at once per second at most. If it changes and is broken, or is
/// gone, the policy of before stays in force, and the log has a line.
class policy_file {
public:
  using clock = std::chrono::steady_clock;

  /// `now` is called on any thread. Throws std::runtime_error, with the file and its mistake, if
  /// there is no policy to begin with.
  explicit policy_file(const std::filesystem::path& file,
                       std::function<clock::time_point()> now = clock::now);

  std::shared_ptr<const policy::rule_set> take();
  /// Reads the file now, changed or not. Returns whether it holds a policy, which is then in force.
  bool reload();

private:
  void look();
  bool reread() GANTRY_REQUIRES(mutex_);

  const std::function<clock::time_point()> now_;
  mutex mutex_;
  watched_file file_ GANTRY_GUARDED_BY(mutex_);
  /// What was logged last of a file that is broken.
  std::string complaint_ GANTRY_GUARDED_BY(mutex_);
  current<policy::rule_set> rules_;
  once_per looks_;
};

} // namespace gantry::auth
