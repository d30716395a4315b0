#include "bench/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gantry::bench {

schedule::schedule(const pace& how, time_point now)
  : rate_{how.rate},
    start_{now},
    begin_{now + how.warmup},
    end_{how.duration ? begin_ + *how.duration : time_point::max()},
    last_{begin_},
    left_{how.count ? static_cast<std::int64_t>(*how.count)
                    : std::numeric_limits<std::int64_t>::max()} {}

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
  const auto due_before = [this](time_point when) {
    const auto after = std::chrono::duration<double>(when - start_).count();
    return static_cast<std::uint64_t>(std::max(0.0, std::ceil(after * rate_)));
  };
  const auto first = std::max(next_.load(), due_before(begin_));
  const auto end = due_before(std::min(now, end_.load()));
  return end > first ? end - first : 0;
}

schedule::time_point schedule::planned_begin(std::uint64_t number) const {
  const std::chrono::duration<double> after{static_cast<double>(number) / rate_};
  return start_ + std::chrono::duration_cast<std::chrono::nanoseconds>(after);
}

} // namespace gantry::bench
