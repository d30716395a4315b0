#include "telemetry/sampler.hpp"

#include <cstddef>

namespace gantry::telemetry {

namespace {

bool is_within(const trace_id& trace, double ratio) noexcept {
  if (ratio >= 1)
    return true;
  constexpr std::size_t judged = 8;
  std::uint64_t number = 0;
  for (std::size_t i = judged; i < trace.bytes.size(); ++i)
    number = number << 8 | trace.bytes[i];
  constexpr double all = 0x1p63;
  return (number >> 1) < static_cast<std::uint64_t>(ratio * all);
}

} // namespace

bool sampler::samples(const trace_id& trace, const trace_parent* parent) const noexcept {
  if (follows_parent && parent)
    return parent->is_sampled;
  switch (own) {
  case kind::always_on: return true;
  case kind::always_off: return false;
  case kind::ratio: return is_within(trace, ratio);
  }
  return false;
}

} // namespace gantry::telemetry
