// How strictly pushes are validated; set by the server's profile.
#pragma once

#include <cstdint>

namespace gantry {

struct validation_policy {
  /// Whether given digests must match the bytes. `trust` accepts them unchecked and computes absent
  /// ones.
  enum class digests : std::uint8_t { verify, trust };
  /// Whether blobs and children that a manifest references must exist in its repository.
  enum class references : std::uint8_t { reject, warn, accept };
  /// Whether manifests and tags must be well formed.
  enum class manifests : std::uint8_t { check, accept };

  digests digest = digests::verify;
  references reference = references::warn;
  manifests manifest = manifests::check;

  /// An ephemeral registry: tests may push manifests alone.
  static constexpr validation_policy ephemeral() noexcept { return {}; }
  /// A registry that must be able to serve everything that it acknowledged.
  static constexpr validation_policy durable() noexcept {
    return {digests::verify, references::reject, manifests::check};
  }
  /// Accepts anything, like the emulator.
  static constexpr validation_policy lenient() noexcept {
    return {digests::trust, references::accept, manifests::accept};
  }
};

} // namespace gantry
