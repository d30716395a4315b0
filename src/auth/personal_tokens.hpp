// The personal access tokens of a file, read again when it changes.
#pragma once

#include "auth/identity.hpp"
#include "auth/personal_token.hpp"
#include "auth/watched_file.hpp"
#include "base/current.hpp"
#include "base/mutex.hpp"
#include "base/once_per.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace gantry::auth {

/// Thread-safe. The file is looked at once per second at most. As long as it is absent or
/// unreadable, no token counts.
class personal_tokens {
public:
  using clock = std::chrono::steady_clock;
  using wall_clock = personal_token::clock;

  /// `now` and `today` are called on any thread.
  explicit personal_tokens(std::filesystem::path file,
                           std::function<clock::time_point()> now = clock::now,
                           std::function<wall_clock::time_point()> today = wall_clock::now);

  /// Who the owner of a token is; null if it is none, was revoked, or has expired.
  identity_ptr find(std::string_view token);
  /// Whether the token with this number still counts.
  bool counts(std::string_view id);
  /// Grows whenever the file has changed.
  std::uint64_t generation();

private:
  struct entry {
    personal_token known;
    identity owner;
  };
  using entries = std::map<std::string, entry, std::less<>>;

  void look_if_due();
  std::shared_ptr<const entries> take();
  const entry* find_valid(const entries& all, std::string_view id) const;
  void look() GANTRY_REQUIRES(mutex_);
  static entry make_entry(personal_token known);

  const std::function<clock::time_point()> now_;
  const std::function<wall_clock::time_point()> today_;
  mutex mutex_;
  watched_file file_ GANTRY_GUARDED_BY(mutex_);
  current<entries> entries_;
  std::atomic<std::uint64_t> generation_{0};
  once_per looks_;
};

} // namespace gantry::auth
