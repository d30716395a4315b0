// How much of each quota is used, and who may use more.
#pragma once

#include "base/mutex.hpp"
#include "domain/error.hpp"
#include "domain/quota.hpp"
#include "domain/repository_name.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gantry {

/// The parts of a quota that are limited apart from each other.
enum class quota_part : std::uint8_t { bytes, tags };

/// The use of a quota has reached a percentage of its limit that it was below.
struct quota_crossing {
  std::string name;
  quota_part part;
  unsigned percent;
  std::uint64_t used;
  std::uint64_t limit;
};

/// A quota at one moment.
struct quota_state {
  quota limits;
  quota_use use;
  /// Requests that were refused since the start.
  std::uint64_t refusals = 0;
};

/// An engine keeps the account of each quota here; the front end and metrics read it. Thread-safe,
/// and never waits for anything but its own mutex.
class quota_ledger {
public:
  /// The index of a quota.
  using place = std::size_t;
  using places = std::vector<place>;

  /// Percentages that are told; ascending.
  static constexpr unsigned told_percent[] = {80, 100};

  /// `told` is called by whatever changes the use, perhaps under locks of an engine: it must
  /// neither block nor call the ledger. A percentage is told once until the use falls below it.
  explicit quota_ledger(std::vector<quota> quotas,
                        std::function<void(const quota_crossing&)> told = {});

  const std::vector<quota>& quotas() const noexcept { return quotas_; }
  /// The quotas that the repository counts for, ascending.
  places places_of(const repository_name& name) const;

  /// Whether the repository may grow by `more`, as far as is known.
  bool has_room(const repository_name& name, quota_use more) const;
  /// Likewise, and counts a refusal. Errors: quota_exceeded.
  result<void> check(const repository_name& name, quota_use more);

  // For engines.

  /// Takes `more` of all of them or nothing. Errors: quota_exceeded, which is counted.
  result<void> take(const places& of, quota_use more);
  /// What held `before` of each of them holds `after` from now on, even beyond the limits.
  void change(const places& of, quota_use before, quota_use after);
  /// What held `use` of `from` holds it of `to` from now on. Errors: quota_exceeded: one that is
  /// not in both would grow beyond its limit.
  result<void> move(const places& from, const places& to, quota_use use);
  /// Sets the use of one quota.
  void set(place which, quota_use use);
  /// Why it is refused; it is not counted yet. `has` is the use before it; `more` is what does not
  /// fit.
  error refusal(place which, quota_use has, quota_use more) const;
  void count_refusal(place which);

  std::vector<quota_state> list() const;

private:
  struct account {
    quota_use use = {};
    std::uint64_t refusals = 0;
    /// By part: the percentage that was told last and still holds.
    unsigned told[2] = {};
  };
  using crossings = std::vector<quota_crossing>;

  std::optional<place> find_full(const places& of, quota_use more) const GANTRY_REQUIRES(mutex_);
  error refuse_here(place which, quota_use has, quota_use more) GANTRY_REQUIRES(mutex_);
  void add(const places& of, quota_use before, quota_use after) GANTRY_REQUIRES(mutex_);
  void judge(const places& of, crossings& found) GANTRY_REQUIRES(mutex_);
  void judge_part(place which, quota_part part, std::uint64_t used,
                  std::optional<std::uint64_t> limit, crossings& found) GANTRY_REQUIRES(mutex_);
  void tell(const crossings& found) const;

  const std::vector<quota> quotas_;
  const std::function<void(const quota_crossing&)> told_;
  /// Those of the whole registry, and the others by the text of their repositories.
  places everywhere_;
  std::unordered_map<std::string, places> within_;
  mutable mutex mutex_;
  std::vector<account> accounts_ GANTRY_GUARDED_BY(mutex_);
};

/// Whether `after` is beyond a limit of the quota and larger than `before`.
bool has_outgrown(const quota& limits, quota_use before, quota_use after) noexcept;
/// By how much each part has grown.
quota_use growth(quota_use before, quota_use after) noexcept;

/// What one repository holds of its quotas; the destructor gives it back. Not thread-safe. A
/// repository without quotas pays for a comparison.
class quota_share {
public:
  quota_share() noexcept = default;
  /// `ledger` may be null.
  quota_share(std::shared_ptr<quota_ledger> ledger, const repository_name& of);
  quota_share(quota_share&& other) noexcept
    : ledger_{std::move(other.ledger_)},
      places_{std::exchange(other.places_, {})},
      held_{std::exchange(other.held_, {})} {}
  quota_share& operator=(quota_share&& other) noexcept;
  ~quota_share() { settle({}); }

  /// Whether nothing limits the repository.
  bool is_unlimited() const noexcept { return places_.empty(); }
  /// Takes more. Errors: quota_exceeded; it is then unchanged.
  result<void> take(quota_use more);
  /// Adjusts it to what the repository holds.
  void settle(quota_use use);
  /// Hands all to the repository with another name, and counts nothing afterwards. Errors:
  /// quota_exceeded; it is then unchanged.
  result<quota_share> move_to(const repository_name& other);

private:
  /// Null if there are no quotas.
  std::shared_ptr<quota_ledger> ledger_;
  quota_ledger::places places_;
  quota_use held_;
};

} // namespace gantry
