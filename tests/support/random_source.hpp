// Random choices that follow from a seed.
#pragma once

#include <cstddef>
#include <random>

namespace gantry::test {

struct random_source {
  std::mt19937 engine;

  std::size_t below(std::size_t end) { return engine() % end; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  /// `from` is not empty.
  template <class List>
  const auto& of(const List& from) {
    return from[below(from.size())];
  }
};

} // namespace gantry::test
