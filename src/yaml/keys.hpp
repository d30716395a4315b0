// Reads the values of a YAML file by the tables of its keys; mistakes name the place and the key.
#pragma once

#include "yaml/reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::yaml {

/// Throws mistake with the key of the value.
[[noreturn]] void refuse(const node& value, const std::string& reason);
/// Throws mistake: the key of a map is not one of `known`.
[[noreturn]] void refuse_key(const node& value, std::span<const std::string_view> known,
                             const std::string& what);

/// Throws mistake unless a file says that it is of version 1.
void demand_version_1(const node& value);

/// Runs a parser of texts; if it throws std::invalid_argument, its reason gets the place and the
/// key.
template <class Read>
auto reading(place at, const std::string& key, Read read) {
  try {
    return read();
  } catch (const std::invalid_argument& wrong) {
    throw mistake{at, key + ": " + wrong.what()};
  }
}
template <class Read>
auto reading(const node& value, const std::string& key, Read read) {
  return reading(value.at, key, std::move(read));
}

/// Throws mistake if the value is not a text; `needed` says what to write.
const std::string& text_of(const node& value, const std::string& key, const std::string& needed);
/// A list, or a single text as a list of one. Throws mistake for any other value.
std::span<const node> items_of(const node& value, const std::string& needed);

/// A key of a map, and what it sets.
template <class Target>
struct key_row {
  std::string_view name;
  void (*read)(Target& into, const node& value);
};

/// Throws mistake if a key is not in the table; `what` says whose keys these are.
template <class Target, std::size_t N>
void read_keys(const node& map, const std::array<key_row<Target>, N>& keys, Target& into,
               const std::string& what) {
  std::array<std::string_view, N> names;
  std::ranges::transform(keys, names.begin(), [](const auto& row) { return row.name; });
  for (const auto& value : map.items) {
    const auto known = std::ranges::find(names, value.key);
    if (known == names.end())
      refuse_key(value, names, what);
    keys[static_cast<std::size_t>(known - names.begin())].read(into, value);
  }
}

} // namespace gantry::yaml
