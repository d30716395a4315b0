#include "simulation/campaign.hpp"

#include <algorithm>
#include <utility>

namespace gantry::simulation {

namespace {

/// Other orders of things in which a shorter history is tried.
constexpr std::uint64_t more_orders = 4;

std::optional<finding> try_orders(history told, const plants& planted) {
  for (std::uint64_t i = 0; i <= more_orders; ++i) {
    if (auto got = run(told, planted); got.failure)
      return finding{std::move(told), std::move(*got.failure)};
    told.seed += 0x1'0000'0000U;
  }
  return std::nullopt;
}

history without(const history& all, std::size_t begin, std::size_t count) {
  auto shorter = all;
  const auto first = shorter.operations.begin() + static_cast<std::ptrdiff_t>(begin);
  shorter.operations.erase(first, first + static_cast<std::ptrdiff_t>(count));
  return shorter;
}

/// Whether parts of that length could be removed.
bool remove_parts(finding& found, std::size_t length, const plants& planted) {
  bool removed = false;
  for (std::size_t begin = 0; begin < found.told.operations.size();) {
    const auto count = std::min(length, found.told.operations.size() - begin);
    if (auto shorter = try_orders(without(found.told, begin, count), planted)) {
      found = std::move(*shorter);
      removed = true;
    } else {
      begin += count;
    }
  }
  return removed;
}

} // namespace

void totals::add(const verdict& one) {
  ++histories;
  steps += one.steps;
  answered += one.answered;
  crashes += one.crashes;
  losses_of_power += one.losses_of_power;
  lasted += one.lasted;
}

std::optional<finding> search(std::uint64_t first, const std::function<bool()>& go_on,
                              const plants& planted, totals& sum,
                              const std::function<bool(const history&)>& fits) {
  for (auto seed = first; go_on(); ++seed) {
    auto told = make_history(seed);
    if (fits && !fits(told))
      continue;
    auto got = run(told, planted);
    sum.add(got);
    if (got.failure)
      return finding{std::move(told), std::move(*got.failure)};
  }
  return std::nullopt;
}

finding shrink(finding found, const plants& planted) {
  auto length = std::max<std::size_t>(found.told.operations.size() / 2, 1);
  for (;;) {
    const bool removed = remove_parts(found, length, planted);
    if (length == 1 && !removed)
      return found;
    length = std::max<std::size_t>(length / 2, 1);
  }
}

} // namespace gantry::simulation
