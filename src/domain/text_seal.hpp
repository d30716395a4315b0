// Texts that a client keeps for the server, and can neither read nor change.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// Encrypts texts (AES-256-GCM). Thread-safe.
class text_seal {
public:
  using key = std::array<unsigned char, 32>;

  /// A key that is random for each object.
  text_seal();
  /// The key of another object.
  explicit text_seal(const key& known) : key_{known} {}

  const key& secret() const noexcept { return key_; }

  /// In characters that URLs need not encode, as many for texts of the same length; another one
  /// each time. Throws std::runtime_error if OpenSSL fails.
  std::string close(std::string_view text) const;
  /// Absent for what was not closed with this key.
  std::optional<std::string> open(std::string_view sealed) const;

private:
  key key_{};
};

} // namespace gantry
