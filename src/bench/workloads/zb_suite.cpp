#include "bench/workloads/zb_suite.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace gantry::bench {

namespace {

constexpr zb_test tests[] = {
  {"Get Catalog", zb_kind::catalog, {70, 20, 10}},
  {"Push Monolith 1MB", zb_kind::push_monolith, {100, 0, 0}},
  {"Push Monolith 10MB", zb_kind::push_monolith, {0, 100, 0}},
  {"Push Monolith 100MB", zb_kind::push_monolith, {0, 0, 100}},
  {"Push Chunk Streamed 1MB", zb_kind::push_chunk, {100, 0, 0}},
  {"Push Chunk Streamed 10MB", zb_kind::push_chunk, {0, 100, 0}},
  {"Push Chunk Streamed 100MB", zb_kind::push_chunk, {0, 0, 100}},
  {"Pull 1MB", zb_kind::pull, {100, 0, 0}},
  {"Pull 10MB", zb_kind::pull, {0, 100, 0}},
  {"Pull 100MB", zb_kind::pull, {0, 0, 100}},
  {"Pull Mixed 20% 1MB, 70% 10MB, 10% 100MB", zb_kind::pull, {20, 70, 10}},
  {"Push Monolith Mixed 20% 1MB, 70% 10MB, 10% 100MB", zb_kind::push_monolith, {20, 70, 10}},
  {"Push Chunk Mixed 33% 1MB, 33% 10MB, 33% 100MB", zb_kind::push_chunk, {33, 33, 34}},
  {"Pull 75% and Push 25% Mixed 1MB", zb_kind::pull_and_push, {100, 0, 0}},
  {"Pull 75% and Push 25% Mixed 10MB", zb_kind::pull_and_push, {0, 100, 0}},
  {"Pull 75% and Push 25% Mixed 100MB", zb_kind::pull_and_push, {0, 0, 100}},
};

} // namespace

std::span<const zb_test> zb_tests() noexcept {
  return tests;
}

const zb_test* find_zb_test(std::string_view name) noexcept {
  const auto* found = std::ranges::find(tests, name, &zb_test::name);
  return found == std::end(tests) ? nullptr : found;
}

std::vector<const zb_test*> choose_zb_tests(const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (!find_zb_test(name))
      throw std::invalid_argument{"'" + name + "' is not a test of zb"};
  std::vector<const zb_test*> chosen;
  for (const auto& test : tests)
    if (names.empty() || std::ranges::find(names, test.name) != names.end())
      chosen.push_back(&test);
  return chosen;
}

std::size_t pick_zb_size(const zb_test& test, std::uint64_t random) noexcept {
  auto at = random % 100;
  std::size_t index = 0;
  while (at >= test.shares[index])
    at -= test.shares[index++];
  return index;
}

} // namespace gantry::bench
