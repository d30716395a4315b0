#include "domain/undo.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_set>
#include <utility>

namespace gantry {

namespace {

/// Collects the steps of one undo.
class undo_planner {
public:
  explicit undo_planner(const undo_view& view) : view_{view} {}

  result<void> take_back(const history_entry& entry) {
    return entry.name ? move_back(*entry.name, entry) : take_back_manifest(entry);
  }

  result<std::vector<undo_step>> finish() {
    for (const auto& wanted : wanted_)
      if (auto brought = bring_back(wanted); !brought)
        return std::move(brought).error();
    for (const auto& step : removals_)
      if (auto free = check_untagged(*step.before); !free)
        return std::move(free).error();
    auto steps = std::move(returns_);
    steps.insert(steps.end(), moves_.begin(), moves_.end());
    steps.insert(steps.end(), removals_.begin(), removals_.end());
    return steps;
  }

private:
  result<void> move_back(const tag& name, const history_entry& entry) {
    const auto now = view_.target_of(name);
    if (now != entry.after)
      return fail(errc::undo_refused, "the tag " + name.to_string() + " has changed since");
    if (now == entry.before)
      return {};
    auto kind = change_kind::move;
    if (!entry.before)
      kind = change_kind::remove;
    else if (!now)
      kind = change_kind::undelete;
    moves_.push_back({kind, name, now, entry.before});
    if (entry.before)
      wanted_.push_back(*entry.before);
    return {};
  }

  result<void> take_back_manifest(const history_entry& entry) {
    if (!entry.after)
      wanted_.push_back(*entry.before);
    else if (view_.place_of(*entry.after) == manifest_place::here)
      removals_.push_back({change_kind::remove, std::nullopt, entry.after, std::nullopt});
    else
      return fail(errc::undo_refused,
                  "the manifest " + entry.after->to_string() + " was deleted since");
    return {};
  }

  /// With its children, and theirs. A child that is gone was missing before.
  result<void> bring_back(const digest& id) {
    if (view_.place_of(id) == manifest_place::gone)
      return fail(errc::undo_refused, "the manifest " + id.to_string() + " is gone");
    std::vector<digest> left{id};
    while (!left.empty()) {
      const auto next = std::move(left.back());
      left.pop_back();
      if (view_.place_of(next) != manifest_place::kept || returning_.contains(next))
        continue;
      returns_.push_back({change_kind::undelete, std::nullopt, std::nullopt, next});
      returning_.insert(next);
      std::ranges::move(view_.children_of(next), std::back_inserter(left));
    }
    return {};
  }

  /// A tag that stays would lose its manifest.
  result<void> check_untagged(const digest& id) const {
    for (const auto& name : view_.tags_of(id)) {
      const bool leaves = std::ranges::any_of(
        moves_, [&](const undo_step& each) { return each.name == name && each.after != id; });
      if (!leaves)
        return fail(errc::undo_refused,
                    "the tag " + name.to_string() + " points to " + id.to_string() + " since");
    }
    return {};
  }

  const undo_view& view_;
  /// Manifests that must be there.
  std::vector<digest> wanted_;
  std::vector<undo_step> returns_;
  std::unordered_set<digest> returning_;
  std::vector<undo_step> moves_;
  std::vector<undo_step> removals_;
};

} // namespace

result<history_entry> to_entry(const undo_since& request, const std::optional<history_entry>& then,
                               const undo_view& view) {
  if (!then)
    return fail(errc::undo_refused,
                "the history of the tag " + request.name.to_string() + " begins later");
  return history_entry{
    .name = request.name, .before = then->after, .after = view.target_of(request.name)};
}

history_entry to_entry(const undo_removal& request) {
  return {.kind = change_kind::remove, .before = request.id};
}

result<std::vector<undo_step>> plan_undo(std::span<const history_entry> entries,
                                         const undo_view& view) {
  undo_planner planner{view};
  for (const auto& entry : entries)
    if (auto taken = planner.take_back(entry); !taken)
      return std::move(taken).error();
  return planner.finish();
}

} // namespace gantry
