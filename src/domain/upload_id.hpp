// The identity of one upload: a random UUID (RFC 9562, version 4).
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
  /// The canonical text: 36 characters, lower or upper case. Errors: upload_unknown.
  static result<upload_id> parse(std::string_view text);

  std::string to_string() const;
  const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

  friend bool operator==(const upload_id&, const upload_id&) noexcept = default;
  friend auto operator<=>(const upload_id&, const upload_id&) noexcept = default;

private:
  upload_id() = default;
  std::array<std::uint8_t, 16> bytes_{};
};

} // namespace gantry

template <>
struct std::hash<gantry::upload_id> {
  std::size_t operator()(const gantry::upload_id& value) const noexcept;
};
