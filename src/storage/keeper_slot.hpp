// The keeper of an engine's leases, if it has one.
#pragma once

#include "base/mutex.hpp"
#include "base/stepper.hpp"
#include "storage/api/lease_keeper.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace gantry::storage {

class keeper_slot;

/// Digests that are reserved as long as it lives.
class reservation {
public:
  reservation(keeper_slot& from, std::vector<reserved_digest> held);
  reservation(reservation&& other) noexcept
    : from_{other.from_}, held_{std::exchange(other.held_, {})} {}
  reservation& operator=(reservation&&) = delete;
  ~reservation();

  bool empty() const noexcept { return held_.empty(); }
  auto begin() const noexcept { return held_.begin(); }
  auto end() const noexcept { return held_.end(); }
  /// Null if it is not reserved.
  const reserved_digest* find(const digest& id) const;
  /// See `reserved_digest::is_gone`. Precondition: it is reserved.
  void note_gone(const digest& id);

private:
  keeper_slot* from_;
  /// Sorted by digest.
  std::vector<reserved_digest> held_;
};

/// Any thread. Without a keeper only the engine's caller works on its contents, and nothing is
/// leased: every digest can be reserved.
class keeper_slot {
public:
  /// `steps` are taken while `reserve` waits, if they replace threads.
  explicit keeper_slot(stepper* steps = nullptr) noexcept : steps_{steps} {}

  /// The keeper before is not called any more after this. Once there was one, nothing is reserved
  /// without one.
  void set(lease_keeper* keeper) noexcept;

  /// Waits for the keeper, so it must not be called by an actor.
  reservation reserve(std::vector<digest> wanted, leased_digests leased);
  /// Answers later. Nothing is called if nothing is reserved, or without a keeper: what the engine
  /// does in the background may then meet its caller.
  void reserve_later(const digest& wanted, leased_digests leased,
                     std::function<void(std::shared_ptr<reservation>)> done);

private:
  friend class reservation;

  void ask(std::vector<digest> wanted, leased_digests leased,
           completion<std::vector<reserved_digest>> done);
  void release(std::vector<reserved_digest> held) noexcept;

  stepper* const steps_;
  /// Held while the keeper is called, which only passes the question on.
  mutex mutex_;
  lease_keeper* keeper_ GANTRY_GUARDED_BY(mutex_) = nullptr;
  bool had_keeper_ GANTRY_GUARDED_BY(mutex_) = false;
};

} // namespace gantry::storage
