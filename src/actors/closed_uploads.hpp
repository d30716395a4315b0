// Outcomes of closed uploads, for clients that missed the answer.
#pragma once

#include "base/mutex.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "domain/upload_id.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <variant>

namespace gantry {

struct closed_upload {
  repository_name repository;
  /// The resulting blob, or the answer to every further request.
  std::variant<digest, error> outcome;
};

/// Thread-safe. Bounded by time, count and bytes; the oldest entry is dropped first.
class closed_uploads {
public:
  struct limits {
    std::chrono::milliseconds kept;
    std::size_t entries;
    std::size_t bytes;
  };

  explicit closed_uploads(const limits& bounds) : limits_{bounds} {}

  void remember(const upload_id& id, closed_upload what, time_point now);
  /// Empty if the upload belongs to another repository.
  std::optional<closed_upload> find(const upload_id& id, const repository_name& repository,
                                    time_point now) const;
  void clear();
  /// Forgets those of these repositories, in linear time.
  void clear_of(const std::function<bool(const repository_name&)>& concerned);

  std::size_t size() const;
  /// Bytes used by the entries, including list and map nodes.
  std::size_t bytes() const;

private:
  struct entry {
    upload_id id;
    closed_upload what;
    time_point until;
    std::size_t bytes;
  };
  using entry_list = std::list<entry>;

  void drop(entry_list::iterator gone) GANTRY_REQUIRES(mutex_);

  const limits limits_;
  mutable mutex mutex_;
  /// Oldest first.
  entry_list entries_ GANTRY_GUARDED_BY(mutex_);
  std::unordered_map<upload_id, entry_list::iterator> index_ GANTRY_GUARDED_BY(mutex_);
  std::size_t bytes_ GANTRY_GUARDED_BY(mutex_) = 0;
};

} // namespace gantry
