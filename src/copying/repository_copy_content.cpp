#include "copying/repository_copy.hpp"
#include "transfer/failure.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace gantry::copying {

using transfer::broken_entry;
using transfer::leave_out;

namespace {

/// The deepest nesting of indexes, including the outermost.
constexpr int max_nesting = 32;

} // namespace

bool is_manifest_type(const descriptor& content) {
  const auto type = media_type::parse(content.media_type);
  return type && (is_image_manifest(*type) || is_index(*type));
}

void repository_copy::put_blobs() {
  parallel_work<descriptor> work;
  std::set<digest> planned;
  const auto plan = [&](const descriptor& blob) {
    if (planned.insert(blob.target).second) {
      writer_.expect(blob.size);
      work.add(blob);
    }
  };
  for (const auto& id : new_) {
    const auto& value = *manifests_.at(id);
    std::ranges::for_each(value.required_blobs(), plan);
    // Build caches list blobs as manifests of an index.
    for (const auto& child : value.children())
      if (!is_manifest_type(child))
        plan(child);
  }
  work.run(from_.readers.size(), [this](std::size_t thread, const descriptor& blob) {
    try {
      put_blob(*from_.readers[thread], blob);
    } catch (const broken_entry& reason) {
      const lock_guard lock{mutex_};
      broken_.emplace(blob.target, reason.what());
    }
  });
}

void repository_copy::put_blob(registry_reader& from, const descriptor& blob) {
  std::optional<transfer::incoming_blob> incoming;
  {
    const lock_guard lock{mutex_};
    if (const auto present = writer_.link_present(repository_, blob.target))
      return writer_.note(*present);
    incoming.emplace(writer_.receive(blob.target.algorithm()));
  }
  const auto target = from.targets().blob(repository_.to_string(), blob.target.to_string());
  from.read_blob(target, blob.size, [&](std::span<const std::byte> bytes) {
    incoming->append(bytes);
    const lock_guard lock{mutex_};
    writer_.note(bytes.size());
  });
  if (const auto found = incoming->id(); found != blob.target)
    leave_out("blob " + blob.target.to_string() + " has the digest " + found.to_string());
  const lock_guard lock{mutex_};
  writer_.put_blob(repository_, std::move(*incoming));
}

void repository_copy::put_manifests() {
  for (const auto& [id, labels] : tags_) {
    const auto fault = put_manifest(id, 1);
    for (const auto& label : labels)
      if (!fault.empty())
        writer_.report().leave_out(name_of(label.to_string()) + ": " + fault);
  }
  // Referrers, and what is new of images whose tags did not move.
  for (const auto& id : std::set{new_})
    if (const auto fault = put_manifest(id, 1); !fault.empty() && !tags_.contains(id))
      writer_.report().leave_out(name_of(id.to_string()) + ": " + fault);
}

std::string repository_copy::put_manifest(const digest& id, int depth) {
  if (const auto known = outcomes_.find(id); known != outcomes_.end())
    return known->second;
  const auto found = manifests_.find(id);
  if (found == manifests_.end()) {
    const auto why = broken_.find(id);
    return why == broken_.end() ? "it cannot be had" : why->second;
  }
  const auto labels = tags_.contains(id) ? tags_.at(id) : std::vector<tag>{};
  const auto& value = *found->second;
  if (!new_.contains(id) && labels.empty())
    return {};
  auto fault = depth > max_nesting ? "indexes are nested too deep" : find_fault(value);
  if (fault.empty()) {
    put_children(value, depth);
    writer_.put_manifest(repository_, value, labels);
  }
  outcomes_.emplace(id, fault);
  return fault;
}

// An index is stored without the children that cannot be had.
void repository_copy::put_children(const manifest& value, int depth) {
  std::size_t lacking = 0;
  std::string first;
  for (const auto& child : value.children()) {
    const auto wrong = is_manifest_type(child)          ? put_manifest(child.target, depth + 1)
                       : broken_.contains(child.target) ? broken_.at(child.target)
                                                        : std::string{};
    if (!wrong.empty() && lacking++ == 0)
      first = child.target.to_string() + ": " + wrong;
  }
  if (lacking > 0)
    writer_.report().lack(name_of(value.id().to_string()) + " came without " + first +
                          (lacking > 1 ? " (and " + std::to_string(lacking - 1) + " more)" : ""));
}

std::string repository_copy::find_fault(const manifest& value) const {
  for (const auto& needed : value.required_blobs())
    if (const auto broken = broken_.find(needed.target); broken != broken_.end())
      return broken->second;
  return {};
}

} // namespace gantry::copying
