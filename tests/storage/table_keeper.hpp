// Leases for engines without actors.
#pragma once

#include "base/mutex.hpp"
#include "domain/lease_table.hpp"
#include "storage/api/lease_keeper.hpp"

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace gantry::test {

/// Any thread.
class table_keeper final : public lease_keeper {
public:
  explicit table_keeper(std::function<time_point()> now) : now_{std::move(now)} {}

  void lease(const digest& id, time_point until) {
    const lock_guard lock{mutex_};
    leases_.lease(id, until);
  }
  bool begin_publish(const digest& id) {
    const lock_guard lock{mutex_};
    return leases_.begin_publish(id);
  }
  void end_publish(const digest& id) {
    const lock_guard lock{mutex_};
    leases_.end_publish(id);
  }
  time_point leased_until(const digest& id) {
    const lock_guard lock{mutex_};
    return leases_.leased_until(id);
  }
  bool is_reserved(const digest& id) {
    const lock_guard lock{mutex_};
    return leases_.is_swept_now(id);
  }

  void reserve(std::vector<digest> wanted, leased_digests leased,
               completion<std::vector<reserved_digest>> done) override {
    std::vector<reserved_digest> held;
    {
      const lock_guard lock{mutex_};
      for (const auto& id : wanted)
        if (leased == leased_digests::may_go ? leases_.begin_removal(id)
                                             : leases_.begin_sweep(id, now_()))
          held.push_back({id, leases_.leased_until(id)});
    }
    done(std::move(held));
  }
  void release(std::vector<reserved_digest> held) override {
    const lock_guard lock{mutex_};
    for (const auto& each : held)
      leases_.end_sweep(each.id, each.is_gone);
  }

private:
  std::function<time_point()> now_;
  gantry::mutex mutex_;
  lease_table leases_ GANTRY_GUARDED_BY(mutex_){std::chrono::hours{23}};
};

} // namespace gantry::test
