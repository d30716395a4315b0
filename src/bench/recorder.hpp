// Records a client's requests in a tally while they count.
#pragma once

#include "bench/schedule.hpp"
#include "bench/tally.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::bench {

/// Belongs to one client. Records nothing until `enter_into` and `count(true)` have been called.
class recorder {
public:
  /// Makes all further entries in `figures`, within the window of `plan`; both outlive them.
  void enter_into(tally& figures, const schedule& plan) noexcept {
    figures_ = &figures;
    plan_ = &plan;
  }
  /// Turns entries on or off.
  void count(bool counts) noexcept { counts_ = counts; }

  /// A step that ends now. `wrong` is empty if it went well.
  void enter(operation step, schedule::time_point begun, std::string_view wrong);
  /// Bytes of blobs and manifests that were sent or received.
  void moved(std::uint64_t bytes);
  /// The registry opened an upload in place of a mount.
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
