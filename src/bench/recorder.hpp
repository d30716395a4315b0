// Enters what a client does into a tally, as far as it counts.
#pragma once

#include "bench/schedule.hpp"
#include "bench/tally.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::bench {

/// Belongs to one client. Enters nothing until it is told where, and that work counts.
class recorder {
public:
  /// What is done from now on is entered there, within the window of `plan`; both outlive that.
  void enter_into(tally& figures, const schedule& plan) noexcept {
    figures_ = &figures;
    plan_ = &plan;
  }
  /// Whether entries are made at all.
  void count(bool counts) noexcept { counts_ = counts; }

  /// `wrong` is empty where all went well.
  void enter(operation step, schedule::time_point begun, std::string_view wrong);
  /// Bytes of blobs and manifests.
  void moved(std::uint64_t bytes);
  /// An upload in place of a mount.
  void mount_declined();

private:
  bool is_counting(schedule::time_point now) const {
    return counts_ && plan_ && plan_->is_within(now);
  }

  tally* figures_ = nullptr;
  const schedule* plan_ = nullptr;
  bool counts_ = false;
};

} // namespace gantry::bench
