// How strictly pushes are looked at; chosen by the profile the server runs in.
#pragma once

#include <cstdint>

namespace gantry {

struct validation_policy {
  /// Whether given digests must match the bytes. `trust` takes them as they are and computes absent
  /// ones.
  enum class digests : std::uint8_t { verify, trust };
  /// Whether blobs and children that a manifest names must exist in its repository.
  enum class references : std::uint8_t { reject, warn, accept };
  /// Whether manifests and tags must be well formed.
  enum class manifests : std::uint8_t { check, accept };

  digests digest = digests::verify;
  references reference = references::warn;
  manifests manifest = manifests::check;

  /// An ephemeral registry: tests may push manifests alone.
  static constexpr validation_policy ephemeral() noexcept { return {}; }
  /// A registry that must be able to serve what it acknowledged.
  static constexpr validation_policy durable() noexcept {
    return {digests::verify, references::reject, manifests::check};
  }
  /// What the emulator took: anything.
  static constexpr validation_policy lenient() noexcept {
    return {digests::trust, references::accept, manifests::accept};
  }
};

} // namespace gantry
