// Finds names that stand twice in one object of a JSON document, without keeping the names.
#pragma once

#include "domain/keyed_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace gantry {

/// The names of all objects of one document, as keyed hashes of 64 bits. Equal names always meet.
/// Two different ones of a document with n names meet with a chance of n² / 2⁶⁵: 10⁻⁸ for the half
/// million that fit into 4 MiB, 10⁻¹⁶ for the fifty of an image. Without the secret of the process
/// no such pair can be computed.
///
/// One table with linear probing, at most three quarters full: 11 to 22 bytes a name, half as much
/// more while it grows.
class name_set {
public:
  explicit name_set(std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  /// False where `object`, a number that the caller gives each object, has that name already.
  bool insert(std::uint64_t object, std::string_view name);

  std::size_t size() const noexcept { return size_; }
  /// Slots that were looked at so far: what the set costs.
  std::uint64_t probes() const noexcept { return probes_; }

private:
  std::uint64_t& slot_of(std::uint64_t hash) noexcept;
  void grow();

  /// A power of two of them, or none; zero is a free one.
  std::pmr::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
  std::uint64_t probes_ = 0;
};

} // namespace gantry
