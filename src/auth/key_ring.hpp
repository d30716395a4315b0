// The keys that seal tokens.
#pragma once

#include "auth/watched_file.hpp"
#include "base/current.hpp"
#include "base/mutex.hpp"
#include "domain/text_seal.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::auth {

/// The newest key seals. Every `rotation` there is another one; a former one opens what it has
/// sealed for `memory` more. A file keeps them for the next process, so that tokens outlive this
/// one; in memory they end with it. Thread-safe.
class key_ring {
public:
  using clock = std::chrono::system_clock;

  static constexpr std::chrono::days rotation{7};
  static constexpr std::chrono::days memory{90};

  /// Keys in memory. `now` is called on any thread. Throws std::runtime_error if the system has no
  /// random bytes.
  explicit key_ring(std::function<clock::time_point()> now = clock::now);
  /// Keys in a file, which is made if it is absent; only its owner can read it. Throws
  /// std::runtime_error, with the file and what is wrong with it.
  explicit key_ring(const std::filesystem::path& file,
                    std::function<clock::time_point()> now = clock::now);

  /// In characters that URLs need not encode. Makes a new key if it is time for one; if that cannot
  /// be written to the file, it is kept in memory, and the log has a line.
  std::string close(std::string_view text);
  /// Absent for what none of the keys has sealed.
  std::optional<std::string> open(std::string_view sealed);

private:
  struct dated_key {
    clock::time_point made;
    text_seal seal;
    /// How what it seals begins.
    std::string name;
  };
  using keys = std::vector<std::shared_ptr<const dated_key>>;

  static std::shared_ptr<const dated_key> make(clock::time_point made, const text_seal& seal);
  static keys read(std::string_view text, const std::filesystem::path& file);
  static std::string to_text(const keys& all);
  void rotate(clock::time_point now) GANTRY_REQUIRES(mutex_);
  void reread() GANTRY_REQUIRES(mutex_);

  const std::function<clock::time_point()> now_;
  mutex mutex_;
  /// Absent for keys in memory.
  std::optional<watched_file> file_ GANTRY_GUARDED_BY(mutex_);
  /// The newest first; never empty.
  current<keys> keys_;
};

} // namespace gantry::auth
