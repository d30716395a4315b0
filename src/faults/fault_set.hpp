// The faults that are set at the moment, and how often each has hit.
#pragma once

#include "base/mutex.hpp"
#include "faults/rule.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::faults {

/// What a fault may match of a request. A text is empty if the request has no such part.
struct subject {
  std::string_view method;
  std::string_view operation;
  std::string_view repository;
  std::string_view reference;
  std::string_view user_agent;
};

/// A fault that hits a request.
struct hit {
  std::shared_ptr<const rule> what;
  /// Drawn from the rule's distribution.
  std::chrono::milliseconds delay{0};
};

/// A fault as lists show it.
struct set_fault {
  std::uint64_t id = 0;
  std::shared_ptr<const rule> what;
  /// Requests that matched its target.
  std::uint64_t matched = 0;
  std::uint64_t hits = 0;
};

/// Thread-safe. While it is empty, a request costs one atomic read.
class fault_set {
public:
  /// The most faults at a time.
  static constexpr std::size_t max_faults = 1000;

  /// Adds all of them, in order, or none: then there would be more than `max_faults`, or `what` is
  /// empty.
  std::vector<set_fault> add(std::vector<rule> what);
  /// False if there is none with this id.
  bool remove(std::uint64_t id);
  void clear();
  /// In the order in which they were added.
  std::vector<set_fault> list() const;

  bool is_empty() const noexcept { return size_.load(std::memory_order_relaxed) == 0; }
  /// The first fault whose target and schedule the request meets. Counts the request for all faults
  /// that it matches up to that one.
  std::optional<hit> strike(const subject& request);

private:
  struct entry {
    set_fault fault;
    std::mt19937_64 random;
  };

  mutable mutex mutex_;
  std::list<entry> entries_ GANTRY_GUARDED_BY(mutex_);
  std::uint64_t last_id_ GANTRY_GUARDED_BY(mutex_) = 0;
  std::atomic<std::size_t> size_{0};
};

} // namespace gantry::faults
