// Finds duplicate names in the objects of a JSON document without storing the names.
#pragma once

#include "domain/keyed_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace gantry {

/// The names of all objects of one document, as keyed 64-bit hashes. Equal names always collide. In
/// a document with n names, two different ones collide with a probability of n² / 2⁶⁵: 10⁻⁸ for the
/// half million that fit into 4 MiB, 10⁻¹⁶ for the fifty of an image. Computing such a pair takes
/// the process's secret.
///
/// One table with linear probing, at most three quarters full: 11 to 22 bytes per name, half as
/// much again while it grows.
class name_set {
public:
  explicit name_set(std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  /// False if `object`, a number that the caller assigns, already has that name.
  bool insert(std::uint64_t object, std::string_view name);

  std::size_t size() const noexcept { return size_; }
  /// The number of slots examined so far.
  std::uint64_t probes() const noexcept { return probes_; }

private:
  std::uint64_t& slot_of(std::uint64_t hash) noexcept;
  void grow();

  /// A power of two or empty; zero marks a free slot.
  std::pmr::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
  std::uint64_t probes_ = 0;
};

} // namespace gantry
