// Texts that a client keeps for the server, and can neither read nor change.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// Encrypts texts under a key that is random for each object (AES-256-GCM). Thread-safe.
class text_seal {
public:
  text_seal();

  /// In characters that URLs need not encode, as many for texts of the same length; another one
  /// each time. Throws std::runtime_error if OpenSSL fails.
  std::string close(std::string_view text) const;
  /// Absent for what was not closed by this object.
  std::optional<std::string> open(std::string_view sealed) const;

private:
  std::array<unsigned char, 32> key_{};
};

} // namespace gantry
