// Takes changes back: what the history says happened, the other way round.
#pragma once

#include "domain/error.hpp"
#include "domain/history.hpp"
#include "domain/manifest.hpp"
#include "domain/removal.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace gantry {

/// The whole change that the entry of this number belongs to.
struct undo_change {
  std::uint64_t sequence = 0;
};

/// All that happened to a tag later than this.
struct undo_since {
  tag name;
  time_point to{};
};

/// The deletion of a manifest, without that of its tags.
struct undo_removal {
  digest id;
};

struct undo_request {
  std::variant<undo_change, undo_since, undo_removal> what;
  /// Of manifests that a change brought, if it is undone.
  removal how = {};
  /// As in `manifest_write`.
  std::size_t max_repositories = 0;
};

/// A change that an undo makes.
struct undo_step {
  change_kind kind = change_kind::move;
  /// Empty: the manifest itself.
  std::optional<tag> name = std::nullopt;
  std::optional<digest> before = std::nullopt;
  std::optional<digest> after = std::nullopt;
};

/// Where a manifest is.
enum class manifest_place : std::uint8_t {
  /// It can be pulled.
  here,
  /// It was deleted, and can be brought back.
  kept,
  gone,
};

/// What an undo has to know of the repository.
struct undo_view {
  /// What a tag points to.
  std::function<std::optional<digest>(const tag&)> target_of;
  std::function<manifest_place(const digest&)> place_of;
  /// The children of a manifest that is kept.
  std::function<std::vector<digest>(const digest&)> children_of;
  /// The tags of a manifest that is here.
  std::function<std::vector<tag>(const digest&)> tags_of;
};

/// What `request` asks to take back, if it is not a change: an entry of a history in which nothing
/// else happened. `then` is what the tag pointed to at that time, by its last entry until then; its
/// absence means that the history begins later. Errors: undo_refused.
result<history_entry> to_entry(const undo_since& request, const std::optional<history_entry>& then,
                               const undo_view& view);
history_entry to_entry(const undo_removal& request);

/// The steps that take these entries back, in their order: manifests come back first, with children
/// that are kept as well, and go last. No steps if nothing is left to do. Errors: undo_refused (a
/// tag has changed since, or a manifest is gone).
result<std::vector<undo_step>> plan_undo(std::span<const history_entry> entries,
                                         const undo_view& view);

} // namespace gantry
