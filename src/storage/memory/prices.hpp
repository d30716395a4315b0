// The price of each object in memory: its measured size, with the overhead of the C library's
// allocator.
#pragma once

#include "base/byte_budget.hpp"
#include "domain/error.hpp"
#include "domain/manifest.hpp"
#include "domain/repository_name.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::storage::prices {

/// A blob or an upload without its content: object, index entry, lease.
inline constexpr std::uint64_t blob = 640;
/// The memory file of a blob or an upload: the kernel's index of its pages (2 to 3 KiB), and the
/// unused part of the last page (half of it on average).
inline constexpr std::uint64_t blob_file = 4096;
/// An open upload, in addition: its actor, its hash, its index entries.
inline constexpr std::uint64_t open_upload = 4096;
/// A digest that a repository links or names.
inline constexpr std::uint64_t link = 416;
/// An entry of a history, with usual names; who made the change is shared by its entries.
inline constexpr std::uint64_t history_entry = 640;

/// A repository that is in use or holds something: its store and actor, and its name in each index.
std::uint64_t of(const repository_name& name);
/// A manifest with its parsed form, without what it names.
std::uint64_t of(const manifest& value);
std::uint64_t of_tag(std::string_view name);

} // namespace gantry::storage::prices

namespace gantry::storage {

/// Adds `bytes` to `claim`. Errors: insufficient_storage; the claim is then unchanged.
result<void> take_room(byte_claim& claim, std::uint64_t bytes);

} // namespace gantry::storage
