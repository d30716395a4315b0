#include "storage/memory/link_table.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry::storage {

namespace {

/// The digests that a manifest names, as often as it names them.
std::vector<const digest*> named_by(const manifest& value) {
  std::vector<const digest*> named;
  named.reserve(1 + value.layers().size() + value.children().size());
  if (value.config())
    named.push_back(&value.config()->target);
  for (const auto& layer : value.layers())
    named.push_back(&layer.target);
  for (const auto& child : value.children())
    named.push_back(&child.target);
  return named;
}

} // namespace

std::shared_ptr<const memory_blob> link_table::find(const digest& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.link.target();
}

void link_table::link(std::shared_ptr<const memory_blob> target) {
  const auto changed = entries_.try_emplace(target->id()).first;
  assert(!changed->second.link);
  linked_bytes_ += target->size();
  changed->second.link = blob_link{std::move(target), owner_};
  ++linked_;
  settle(changed);
}

blob_link link_table::unlink(const digest& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.link)
    return {};
  auto taken = std::move(found->second.link);
  linked_bytes_ -= taken.target()->size();
  --linked_;
  settle(found);
  return taken;
}

std::size_t link_table::count_new(const manifest& value) const {
  const auto named = named_by(value);
  return static_cast<std::size_t>(
    std::ranges::count_if(named, [this](const digest* id) { return !entries_.contains(*id); }));
}

void link_table::name_all(const manifest& value) {
  for (const auto* id : named_by(value))
    name(*id);
}

void link_table::unname_all(const manifest& value) {
  for (const auto* id : named_by(value))
    unname(*id);
}

void link_table::name(const digest& id) {
  const auto changed = entries_.try_emplace(id).first;
  ++changed->second.named;
  settle(changed);
}

void link_table::unname(const digest& id) {
  const auto changed = entries_.find(id);
  --changed->second.named;
  settle(changed);
}

std::vector<std::shared_ptr<const memory_blob>> link_table::blobs() const {
  std::vector<std::shared_ptr<const memory_blob>> found;
  found.reserve(linked_);
  for (const auto& [id, state] : entries_)
    if (state.link)
      found.push_back(state.link.target());
  return found;
}

bool link_table::is_loose(const digest& id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.is_linked();
}

std::vector<digest> link_table::next_loose(std::size_t most) {
  std::vector<digest> next;
  for (auto left = std::min(most, loose_.size()); left > 0; --left) {
    next.push_back(loose_.front().link.target()->id());
    loose_.splice(loose_.end(), loose_, loose_.begin());
  }
  return next;
}

void link_table::settle(entry_map::iterator changed) {
  auto& [id, state] = *changed;
  const bool loose = state.link && state.named == 0;
  if (loose && !state.is_linked())
    loose_.push_back(state);
  if (!loose && state.is_linked())
    loose_.erase(loose_.iterator_to(state));
  if (!state.link && state.named == 0)
    entries_.erase(changed);
}

} // namespace gantry::storage
