#include "storage/disk/repository_holds.hpp"

#include <algorithm>

namespace gantry::storage {

void repository_holds::hold(const std::string& repository, time_point until) {
  const auto now = now_();
  const lock_guard lock{mutex_};
  if (until <= now) {
    held_.erase(repository);
    return;
  }
  forget_expired();
  held_.insert_or_assign(repository, until);
}

time_point repository_holds::held_until(const std::string& repository) const {
  const lock_guard lock{mutex_};
  const auto found = held_.find(repository);
  return found == held_.end() ? time_point{} : found->second;
}

void repository_holds::lease(std::string_view repository, const digest& manifest,
                             time_point until) {
  const lock_guard lock{mutex_};
  forget_expired();
  auto& known = leased_[key(repository, manifest)];
  known = std::max(known, until);
}

bool repository_holds::is_leased(std::string_view repository, const digest& manifest) const {
  const auto now = now_();
  const lock_guard lock{mutex_};
  const auto found = leased_.find(key(repository, manifest));
  return found != leased_.end() && found->second > now;
}

std::size_t repository_holds::size() const {
  const lock_guard lock{mutex_};
  return held_.size() + leased_.size();
}

std::size_t repository_holds::key(std::string_view repository, const digest& manifest) noexcept {
  constexpr std::size_t mix = 0x9E3779B97F4A7C15;
  return std::hash<std::string_view>{}(repository)*mix ^ std::hash<digest>{}(manifest);
}

void repository_holds::forget_expired() {
  if (held_.size() + leased_.size() < forget_above_)
    return;
  const auto now = now_();
  const auto is_over = [now](const auto& each) { return each.second <= now; };
  std::erase_if(held_, is_over);
  std::erase_if(leased_, is_over);
  forget_above_ = std::max<std::size_t>(1024, 2 * (held_.size() + leased_.size()));
}

} // namespace gantry::storage
