// Why a token or a key is refused.
#pragma once

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::jose {

enum class reason : std::uint8_t {
  // The token cannot be read.
  too_large = 1,
  malformed,
  type_refused,
  extension_refused,
  algorithm_refused,
  // It is not signed by a trusted key.
  key_unknown,
  chain_refused,
  signature_wrong,
  // It is signed, but not good here and now.
  claims_invalid,
  issuer_wrong,
  audience_wrong,
  expiry_missing,
  expired,
  not_yet_valid,
  // Trusted keys cannot be read.
  document_invalid,
  key_refused,
};

/// The last enumerator: tests iterate over `1 … last_reason`.
inline constexpr reason last_reason = reason::key_refused;

/// The enumerator's name, for logs and metrics ("signature_wrong").
std::string_view to_string(reason why) noexcept;

/// `detail` is one line of printable ASCII for the log, not for clients. It never contains the
/// token; of what the token says it has at most `max_shown` characters.
struct refusal {
  reason why = reason::malformed;
  std::string detail = {};

  bool operator==(const refusal&) const = default;
};

template <class T>
using outcome = boost::system::result<T, refusal>;

/// `outcome<T>::value()` on a refusal throws std::runtime_error. That is a bug: callers must check.
[[noreturn]] void throw_exception_from_error(const refusal& refused, const boost::source_location&);

/// Shorthand: `return refuse(reason::expired, "…");`.
refusal refuse(reason why, std::string_view detail);

inline constexpr std::size_t max_shown = 64;

/// A text of unknown origin for a detail: in single quotes, shortened, and with `?` for each byte
/// that is not printable ASCII or could end the quotation.
std::string shown(std::string_view text);

} // namespace gantry::jose
