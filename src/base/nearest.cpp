#include "base/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace gantry {

namespace {

/// A name this short is the beginning of too many others.
constexpr std::size_t too_short_to_complete = 3;

/// The number of letters to insert, drop, replace or swap with their neighbour.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> last(right.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::vector<std::size_t> row(right.size() + 1, i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const auto replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, std::move(row));
  }
  return last.back();
}

} // namespace

std::string_view nearest(std::string_view typed, std::span<const std::string_view> candidates) {
  const auto longer = std::ranges::find_if(
    candidates, [&](std::string_view each) { return each.starts_with(typed); });
  if (typed.size() > too_short_to_complete && longer != candidates.end())
    return *longer;
  std::string_view best;
  // A third of the letters, so that short words do not match unrelated ones.
  auto most = std::max<std::size_t>(1, typed.size() / 3);
  for (const auto each : candidates)
    if (const auto steps = distance(typed, each); steps <= most) {
      best = each;
      most = steps - (steps > 0 ? 1 : 0);
    }
  return best;
}

} // namespace gantry
