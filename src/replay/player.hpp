// Which recorded exchange answers a request.
#pragma once

#include "base/mutex.hpp"
#include "replay/recorded.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gantry::replay {

enum class order : std::uint8_t {
  /// The n-th request must be the n-th of the recording.
  strict,
  /// Equal requests get their answers in the recorded order, whatever comes between; the last one
  /// is repeated.
  loose,
};

/// The answer to a request.
struct found {
  /// Null if no recorded exchange answers it.
  const recorded* exchange = nullptr;
  /// What was expected instead; empty if there is an answer.
  std::string expected = {};
};

/// Thread-safe. Its exchanges live as long as it does.
class player {
public:
  player(std::vector<recorded> session, order kept);

  /// A request that gets no answer leaves everything as it is.
  found next(std::string_view method, std::string_view target) GANTRY_EXCLUDES(lock_);
  /// Begins anew.
  void rewind() GANTRY_EXCLUDES(lock_);

  std::size_t size() const noexcept { return session_.size(); }

private:
  struct equal_requests {
    /// Their places in the recording.
    std::vector<std::size_t> places;
    std::size_t asked = 0;
  };

  found next_in_order(const std::string& key) GANTRY_REQUIRES(lock_);
  found next_of_equals(const std::string& key) GANTRY_REQUIRES(lock_);
  /// The first requests that have not been asked yet.
  std::string missing() const GANTRY_REQUIRES(lock_);

  const std::vector<recorded> session_;
  const order order_;
  std::vector<std::string> keys_;
  mutex lock_;
  std::size_t asked_ GANTRY_GUARDED_BY(lock_) = 0;
  std::unordered_map<std::string, equal_requests> equals_ GANTRY_GUARDED_BY(lock_);
};

} // namespace gantry::replay
