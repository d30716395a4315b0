#include "limits/rate_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace gantry::limits {

rate_limiter::rate_limiter(const std::vector<rate_rule>& rules) {
  for (const auto& each : rules)
    rules_.push_back({each, std::make_unique<token_buckets>(each.most)});
}

std::chrono::nanoseconds rate_limiter::count(sharing among, std::string_view name, requests kind,
                                             token_buckets::time_point now) {
  std::chrono::nanoseconds wait{0};
  if (name.empty())
    return wait;
  for (auto& each : rules_)
    if (each.rule.among == among &&
        (each.rule.counted == requests::all || each.rule.counted == kind))
      wait = std::max(wait, each.buckets->take(name, now));
  return wait;
}

std::string network_of(std::string_view address) {
  const bool in_brackets = address.starts_with('[') && address.ends_with(']');
  const std::string inner{in_brackets ? address.substr(1, address.size() - 2) : address};
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, inner.c_str(), &parsed) != 1)
    return std::string{address};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) { // as some proxies write addresses of IPv4
    ::inet_ntop(AF_INET, parsed.s6_addr + 12, text.data(), text.size());
    return std::string{text.data()};
  }
  std::fill(std::begin(parsed.s6_addr) + 8, std::end(parsed.s6_addr), std::uint8_t{0});
  ::inet_ntop(AF_INET6, &parsed, text.data(), text.size());
  return std::string{text.data()} + "/64";
}

} // namespace gantry::limits
