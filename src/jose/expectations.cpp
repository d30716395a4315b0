#include "jose/expectations.hpp"

#include <algorithm>
#include <cassert>

namespace gantry::jose {

namespace {

outcome<void> check_issuer(const claims& said, const expectations& expected) {
  if (!said.issuer)
    return refuse(reason::issuer_wrong, "the token names no issuer");
  if (std::ranges::find(expected.issuers, *said.issuer) == expected.issuers.end())
    return refuse(reason::issuer_wrong, "the issuer " + shown(*said.issuer) + " is not trusted");
  return {};
}

outcome<void> check_audience(const claims& said, const expectations& expected) {
  if (said.audiences.empty())
    return refuse(reason::audience_wrong, "the token names no audience");
  if (std::ranges::find_first_of(said.audiences, expected.audiences) == said.audiences.end())
    return refuse(reason::audience_wrong,
                  "the token is for another audience: " + shown(said.audiences.front()));
  return {};
}

/// In this unit a leeway can be added to any time that the clock can show.
auto in_milliseconds(std::chrono::system_clock::time_point time) noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(time);
}

outcome<void> check_dates(const claims& said, const expectations& expected) {
  assert(expected.leeway.count() >= 0);
  const auto now = in_milliseconds(expected.now);
  if (!said.expires)
    return refuse(reason::expiry_missing, "the token does not say when it expires");
  // RFC 7519, section 4.1.4: not on or after this time.
  if (now >= in_milliseconds(*said.expires) + expected.leeway)
    return refuse(reason::expired, "the token has expired");
  if (said.not_before && now + expected.leeway < in_milliseconds(*said.not_before))
    return refuse(reason::not_yet_valid, "the token is not valid yet");
  return {};
}

} // namespace

outcome<void> check(const claims& said, const expectations& expected) {
  for (const auto& checks : {check_issuer, check_audience, check_dates})
    if (auto checked = checks(said, expected); !checked)
      return checked;
  return {};
}

} // namespace gantry::jose
