// Tags that belong to another manifest: signatures and attestations of cosign, and the list of
// referrers that clients keep for registries without one.
#pragma once

#include "domain/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::retention {

/// How such tags begin: `sha256-<hex>`. Of a longer digest, the first 64 hex digits
/// (distribution-spec, "Referrers Tag Schema"). Empty for a verbatim digest.
std::string subject_name(const digest& id);

/// The name of the manifest that a tag belongs to: the whole tag, or what stands before the first
/// dot (`sha256-<hex>.sig`). Absent for other tags.
std::optional<std::string_view> subject_of(std::string_view tag) noexcept;

} // namespace gantry::retention
