// The identity of one upload: a UUID (RFC 9562, version 4) of random bits and a seal that
// identifies the repository it was issued for.
#pragma once

#include "domain/error.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace gantry {

class upload_id {
public:
  /// 122 random bits from the operating system's generator.
  static upload_id generate();
  /// 66 random bits, and a 56-bit seal computed from them and the repository's name. The seal
  /// distinguishes lost ids from ids that were never issued. It is not a credential and needs no
  /// key.
  static upload_id issue(std::string_view repository);
  /// Whether `issue(repository)` may have returned this id, in this process or another.
  bool was_issued_for(std::string_view repository) const;
  /// The canonical text: 36 characters, lower or upper case. Errors: upload_unknown.
  static result<upload_id> parse(std::string_view text);

  std::string to_string() const;
  const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

  friend bool operator==(const upload_id&, const upload_id&) noexcept = default;
  friend auto operator<=>(const upload_id&, const upload_id&) noexcept = default;

private:
  using seal = std::array<std::uint8_t, 7>;

  upload_id() = default;
  /// The expected seal for the random bits.
  seal seal_for(std::string_view repository) const;

  std::array<std::uint8_t, 16> bytes_{};
};

} // namespace gantry

template <>
struct std::hash<gantry::upload_id> {
  std::size_t operator()(const gantry::upload_id& value) const noexcept;
};
