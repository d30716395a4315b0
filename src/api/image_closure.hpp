// What belongs to an image: the manifest, what it needs, and what refers to any of these.
#pragma once

#include "api/exchange.hpp"

#include "actors/messages.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gantry::api {

/// The most manifests of an image, and the most bytes that they have together.
inline constexpr std::size_t max_image_manifests = 10'000;
inline constexpr std::uint64_t max_image_bytes = 8 * 1024 * 1024;

/// The manifest `wanted`; manifests that an index among them names; their referrers; and manifests
/// with tags that name one of them, as signatures of cosign have it (`sha256-<hex>.sig`), with
/// these tags. Each once, `wanted` first and without tags. Manifests that are named and missing are
/// left out. Errors: manifest_unknown, payload_too_large, those of calls.
boost::asio::awaitable<result<std::vector<msg::copied_manifest>>>
find_closure(exchange& ex, const repository_name& repository, const reference& wanted);

} // namespace gantry::api
