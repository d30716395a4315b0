#include "limits/rate.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace gantry::limits {

namespace {

struct span {
  std::string_view name;
  std::chrono::seconds length;
};

constexpr span spans[] = {
  {"s", std::chrono::seconds{1}},
  {"min", std::chrono::minutes{1}},
  {"h", std::chrono::hours{1}},
};

constexpr std::uint32_t most = 1'000'000;

} // namespace

rate parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  const auto count = whole_number(text.substr(0, slash));
  const auto unit = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
  const auto* known = std::ranges::find(spans, unit, &span::name);
  if (!count || *count == 0 || *count > most || known == std::end(spans))
    throw std::invalid_argument{
      "'" + excerpt(text) +
      "' is not a rate of 1 to 1000000 in a time: write N/s, N/min or N/h, "
      "such as 100/s"};
  return {static_cast<std::uint32_t>(*count), known->length};
}

std::string to_string(const rate& shown) {
  const auto* known = std::ranges::find(spans, shown.in, &span::length);
  return std::to_string(shown.count) + "/" +
         (known == std::end(spans) ? std::to_string(shown.in.count()) + "s"
                                   : std::string{known->name});
}

} // namespace gantry::limits
