#include "bench/layer_sizes.hpp"

#include "base/size_unit.hpp"
#include "bench/seeded_random.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>

namespace gantry::bench {

namespace {

constexpr std::uint32_t steps = 256;
/// The random number of an image that chooses the size of its first layer.
constexpr std::uint64_t first_choice = 1'000'000;

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc{})
    return std::nullopt;
  const auto unit = bytes_in({read.ptr, static_cast<std::size_t>(end - read.ptr)});
  if (!unit || count > layer_sizes::largest / *unit || count * *unit < layer_sizes::least)
    return std::nullopt;
  return count * *unit;
}

} // namespace

layer_sizes::layer_sizes(std::uint64_t each) : sizes_{std::max(each, least)} {}

result<layer_sizes> layer_sizes::parse(std::string_view text) {
  const auto wrong = fail(errc::size_invalid, text);
  layer_sizes made;
  made.sizes_.clear();
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    const auto first = parse_size(text.substr(0, dots));
    const auto last = parse_size(text.substr(dots + 2));
    if (!first || !last || *last < *first)
      return wrong;
    made.random_ = true;
    const auto ratio = static_cast<double>(*last) / static_cast<double>(*first);
    for (std::uint32_t i = 0; i < steps; ++i) {
      const auto size = static_cast<double>(*first) * std::pow(ratio, i / (steps - 1.0));
      made.sizes_.push_back(
        std::clamp(static_cast<std::uint64_t>(std::llround(size)), *first, *last));
    }
    return made;
  }
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto size = parse_size(text.substr(begin, end - begin));
    if (!size)
      return wrong;
    made.sizes_.push_back(*size);
    begin = end + 1;
  }
  return made;
}

std::uint64_t layer_sizes::of(std::uint64_t seed, std::uint64_t number,
                              std::uint32_t layer) const noexcept {
  const auto chosen = random_ ? seeded_random(seed, number, first_choice + layer) : layer;
  return sizes_[static_cast<std::size_t>(chosen % sizes_.size())];
}

std::vector<std::uint64_t> layer_sizes::all() const {
  auto all = sizes_;
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string layer_sizes::to_string() const {
  if (random_)
    return std::to_string(sizes_.front()) + ".." + std::to_string(sizes_.back());
  std::string text;
  for (const auto size : sizes_)
    text.append(text.empty() ? "" : ",").append(std::to_string(size));
  return text;
}

} // namespace gantry::bench
