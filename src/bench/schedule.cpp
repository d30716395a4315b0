#include "bench/schedule.hpp"

#include "bench/seconds.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace gantry::bench {

namespace {

std::chrono::nanoseconds from_seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
    std::chrono::duration<double>(seconds));
}

} // namespace

schedule::schedule(const load_shape& how, time_point now)
  : rate_{how.rate},
    ramp_{how.ramp},
    start_{now},
    begin_{now + std::max(how.warmup, how.ramp)},
    end_{how.duration ? begin_ + *how.duration : time_point::max()},
    last_{begin_},
    left_{how.count ? static_cast<std::int64_t>(*how.count)
                    : std::numeric_limits<std::int64_t>::max()} {
  assert(how.duration || how.count);
}

std::optional<schedule::ticket> schedule::take(time_point now) {
  if (is_over(now) || left_.load() <= 0)
    return std::nullopt;
  ticket next;
  next.number = next_.fetch_add(1);
  next.planned = rate_ > 0 ? planned_begin(next.number) : now;
  next.counts = next.planned >= begin_;
  if (is_over(next.planned) || (next.counts && left_.fetch_sub(1) <= 0))
    return std::nullopt;
  return next;
}

void schedule::stop(time_point now) {
  if (now < end_.load())
    end_.store(now);
}

schedule::time_point schedule::joins_at(double place) const {
  return rate_ > 0 ? start_ : start_ + from_seconds(in_seconds(ramp_) * place);
}

void schedule::finished(time_point now) {
  auto last = last_.load();
  while (last < now && !last_.compare_exchange_weak(last, now))
    continue;
}

std::chrono::nanoseconds schedule::measured() const {
  const auto end = end_.load();
  return std::max((end == time_point::max() ? last_.load() : end) - begin_, {});
}

std::uint64_t schedule::missed(time_point now) const {
  if (rate_ <= 0 || left_.load() <= 0)
    return 0;
  const auto first = std::max(next_.load(), due_before(begin_));
  const auto end = due_before(std::min(now, end_.load()));
  return end > first ? end - first : 0;
}

// During a ramp, a rate that grows evenly from zero makes half as many images as the full rate:
// rate × time² / (2 × ramp) until a time within the ramp.

std::uint64_t schedule::due_before(time_point when) const {
  const auto after = std::max(0.0, in_seconds(when - start_));
  const auto ramp = in_seconds(ramp_);
  const auto due = after < ramp ? rate_ * after * after / (2 * ramp) : rate_ * (after - ramp / 2);
  return static_cast<std::uint64_t>(std::ceil(due));
}

schedule::time_point schedule::planned_begin(std::uint64_t number) const {
  const auto alone = static_cast<double>(number) / rate_;
  const auto ramp = in_seconds(ramp_);
  return start_ + from_seconds(alone < ramp / 2 ? std::sqrt(2 * ramp * alone) : alone + ramp / 2);
}

} // namespace gantry::bench
