#include "bench/workloads/mix.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

namespace gantry::bench {

namespace {

constexpr std::array<std::string_view, 4> names{"push", "pull", "head", "delete"};
constexpr std::uint32_t max_weight = 1'000'000;

std::optional<std::uint32_t> parse_weight(std::string_view text) {
  std::uint32_t weight = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, weight);
  if (read.ec != std::errc{} || read.ptr != end || weight > max_weight)
    return std::nullopt;
  return weight;
}

} // namespace

result<mix> mix::parse(std::string_view text) {
  const auto wrong = fail(errc::request_invalid, text);
  mix read;
  read.weights_ = {};
  std::array<bool, names.size()> named{};
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    const auto equals = std::min(part.find('='), part.size());
    const auto found = std::ranges::find(names, part.substr(0, equals));
    if (found == names.end() || equals == part.size())
      return wrong;
    const auto index = static_cast<std::size_t>(found - names.begin());
    const auto weight = parse_weight(part.substr(equals + 1));
    if (!weight || std::exchange(named[index], true))
      return wrong;
    read.weights_[index] = *weight;
    begin = end + 1;
  }
  const bool anything = std::ranges::any_of(read.weights_, [](auto weight) { return weight > 0; });
  return anything ? result<mix>{read} : wrong;
}

mixed_operation mix::pick(std::uint64_t random) const noexcept {
  const auto sum = std::accumulate(weights_.begin(), weights_.end(), std::uint64_t{0});
  auto at = random % sum;
  std::uint8_t index = 0;
  while (at >= weights_[index])
    at -= weights_[index++];
  return static_cast<mixed_operation>(index);
}

std::string mix::to_string() const {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text.append(i == 0 ? "" : ",").append(names[i]).append("=").append(std::to_string(weights_[i]));
  return text;
}

} // namespace gantry::bench
