// Reads YAML strictly, as a tree of texts that knows where each of them stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::yaml {

/// A position in a file, counted from 1. Line 0: nowhere.
struct place {
  int line = 0;
  int column = 0;
};

/// What is wrong with a file. The text begins with the line and the column, if they are known.
struct mistake : std::invalid_argument {
  mistake(place at, const std::string& reason);
};

enum class node_kind : std::uint8_t { nothing, text, list, map };

struct node {
  node_kind kind = node_kind::nothing;
  place at = {};
  /// Of a text. Numbers and `true` are texts, too.
  std::string text = {};
  /// The items of a list, or the values of a map, in their order.
  std::vector<node> items = {};
  /// Of a value in a map.
  std::string key = {};
  place key_at = {};
};

inline constexpr std::size_t max_bytes = 1024 * 1024;

/// The most values of a file, once its aliases are replaced by what they stand for.
inline constexpr std::size_t max_values = 100'000;

/// Parses the only document in `text`. An alias becomes a copy of its value. Throws mistake if the
/// text is not YAML, is longer than `max_bytes`, nested deeply or has more than `max_values`,
/// repeats a key, or uses tags.
node read(std::string_view text);

} // namespace gantry::yaml
