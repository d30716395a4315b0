// The algorithms that may sign a token (RFC 7518, section 3; RFC 8037).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace gantry::jose {

/// All that is known here: every other name is refused, above all `none`, and HS256 with its
/// relatives, for which a public key would be a secret that an attacker knows.
enum class algorithm : std::uint8_t { rs256, rs384, rs512, es256, es384, eddsa };

/// The keys that these algorithms need.
enum class key_type : std::uint8_t { rsa, p256, p384, ed25519 };

/// As tokens spell them ("ES256"), in the order of the enumerators.
std::span<const std::string_view> algorithm_names() noexcept;
std::string_view to_string(algorithm what) noexcept;
/// Absent for other names. The case of letters matters (RFC 7515, section 4.1.1).
std::optional<algorithm> find_algorithm(std::string_view name) noexcept;

/// The only type of key that can sign with `what`. EdDSA is Ed25519 here.
key_type key_type_of(algorithm what) noexcept;
/// "RSA", "P-256", "P-384", "Ed25519".
std::string_view to_string(key_type type) noexcept;

/// Several algorithms.
class algorithm_set {
public:
  constexpr algorithm_set() = default;
  constexpr algorithm_set(std::initializer_list<algorithm> members) {
    for (const auto member : members)
      add(member);
  }

  static constexpr algorithm_set all() noexcept {
    return {algorithm::rs256, algorithm::rs384, algorithm::rs512,
            algorithm::es256, algorithm::es384, algorithm::eddsa};
  }

  constexpr void add(algorithm what) noexcept { bits_ |= bit(what); }
  constexpr bool has(algorithm what) const noexcept { return (bits_ & bit(what)) != 0; }

  friend constexpr bool operator==(algorithm_set, algorithm_set) = default;

private:
  static constexpr std::uint8_t bit(algorithm what) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(what));
  }

  std::uint8_t bits_ = 0;
};

} // namespace gantry::jose
