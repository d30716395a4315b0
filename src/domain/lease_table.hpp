// Who works on a digest, and until when an answer "it exists" must stay true.
#pragma once

#include "domain/digest.hpp"
#include "domain/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>

namespace gantry {

/// Leases on digests, and reservations that keep publishing, finding and sweeping of one blob
/// apart. A value without locks: it belongs to one actor. Leases are not durable: after a restart,
/// garbage collection waits for the longest.
class lease_table {
public:
  /// A lease that has ended is remembered for `remembered`.
  explicit lease_table(std::chrono::milliseconds remembered) : remembered_{remembered} {}

  /// Promises the digest until `until`; never shortens a lease. Precondition: it is not being
  /// swept.
  void lease(const digest& id, time_point until);
  /// When its last lease ends or ended; long ago if none is remembered.
  time_point leased_until(const digest& id) const;

  /// False if the digest is being published or swept.
  bool begin_publish(const digest& id);
  void end_publish(const digest& id);

  /// A search for a blob that will be leased if it is found; several at a time. False if the digest
  /// is being swept.
  bool begin_search(const digest& id);
  void end_search(const digest& id);

  /// False if the digest is leased at `now`, published, searched or swept.
  bool begin_sweep(const digest& id, time_point now);
  /// Like `begin_sweep`, even if the digest is leased: its bytes are unusable, or leases are over.
  bool begin_removal(const digest& id);
  /// Ends either. If the blob is gone, its lease is forgotten.
  void end_sweep(const digest& id, bool is_gone);

  bool is_published_now(const digest& id) const { return work_on(id) == work::publishing; }
  bool is_swept_now(const digest& id) const { return work_on(id) == work::sweeping; }

  /// Ends all leases, and leases every digest until `until`. What works on a digest goes on.
  void clear(time_point until = {});
  /// Those who published and searched are gone. Sweeps go on.
  void abandon();
  /// Forgets leases that ended `remembered` before `now`, at most `most`.
  void forget_ended(time_point now, std::size_t most);

  /// The number of digests with an entry.
  std::size_t size() const noexcept { return entries_.size(); }

private:
  enum class work : std::uint8_t { none, publishing, sweeping };

  struct entry;
  using entry_map = std::unordered_map<digest, entry>;
  /// Keys of `entry_map`, by the end of the lease.
  using end_map = std::multimap<time_point, const digest*>;

  struct entry {
    work current = work::none;
    std::uint32_t searches = 0;
    /// `end_map::end()` of the table if it has no lease.
    end_map::iterator lease;
  };

  entry_map::value_type& find_or_add(const digest& id) {
    return *entries_.try_emplace(id, entry{work::none, 0, ends_.end()}).first;
  }
  work work_on(const digest& id) const;
  void end_lease(entry& of);
  /// Removes an entry that says nothing.
  void tidy(entry_map::iterator changed);

  std::chrono::milliseconds remembered_;
  entry_map entries_;
  end_map ends_;
  /// Every digest is leased until then.
  time_point all_until_{};
};

} // namespace gantry
