#include "jose/algorithm.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gantry::jose {

namespace {

constexpr std::array<std::string_view, 6> names{"RS256", "RS384", "RS512",
                                                "ES256", "ES384", "EdDSA"};

} // namespace

std::span<const std::string_view> algorithm_names() noexcept {
  return names;
}

std::string_view to_string(algorithm what) noexcept {
  return names[static_cast<std::size_t>(what)];
}

std::optional<algorithm> find_algorithm(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return static_cast<algorithm>(found - names.begin());
}

key_type key_type_of(algorithm what) noexcept {
  switch (what) {
  case algorithm::rs256:
  case algorithm::rs384:
  case algorithm::rs512: return key_type::rsa;
  case algorithm::es256: return key_type::p256;
  case algorithm::es384: return key_type::p384;
  case algorithm::eddsa: break;
  }
  return key_type::ed25519;
}

std::string_view to_string(key_type type) noexcept {
  switch (type) {
  case key_type::rsa: return "RSA";
  case key_type::p256: return "P-256";
  case key_type::p384: return "P-384";
  case key_type::ed25519: break;
  }
  return "Ed25519";
}

} // namespace gantry::jose
