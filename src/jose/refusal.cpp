#include "jose/refusal.hpp"

#include <stdexcept>

namespace gantry::jose {

std::string_view to_string(reason why) noexcept {
  switch (why) {
  case reason::too_large: return "too_large";
  case reason::malformed: return "malformed";
  case reason::type_refused: return "type_refused";
  case reason::extension_refused: return "extension_refused";
  case reason::algorithm_refused: return "algorithm_refused";
  case reason::key_unknown: return "key_unknown";
  case reason::chain_refused: return "chain_refused";
  case reason::signature_wrong: return "signature_wrong";
  case reason::claims_invalid: return "claims_invalid";
  case reason::issuer_wrong: return "issuer_wrong";
  case reason::audience_wrong: return "audience_wrong";
  case reason::expiry_missing: return "expiry_missing";
  case reason::expired: return "expired";
  case reason::not_yet_valid: return "not_yet_valid";
  case reason::document_invalid: return "document_invalid";
  case reason::key_refused: return "key_refused";
  }
  return "unknown";
}

void throw_exception_from_error(const refusal& refused, const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(refused.why)} + ": " + refused.detail};
}

refusal refuse(reason why, std::string_view detail) {
  return {why, std::string{detail}};
}

std::string shown(std::string_view text) {
  std::string quoted{"'"};
  for (const char c : text.substr(0, max_shown)) {
    const bool is_plain = c >= ' ' && c < 0x7f && c != '\'' && c != '"' && c != '\\';
    quoted += is_plain ? c : '?';
  }
  return quoted + (text.size() > max_shown ? "...'" : "'");
}

} // namespace gantry::jose
