#include "transfer/manifest_tree.hpp"

#include "transfer/failure.hpp"
#include "transfer/layout_index.hpp"

namespace gantry::transfer {

namespace {

bool is_manifest_type(const descriptor& content) {
  const auto type = media_type::parse(content.media_type);
  return type && (is_image_manifest(*type) || is_index(*type));
}

} // namespace

// Depth first and iterative, because the source chooses the nesting depth of indexes.
void manifest_tree::put(const repository_name& repository, const descriptor& root,
                        std::vector<tag> tags) {
  std::vector<level> levels;
  if (const auto known = broken_.find({repository, root.target}); known != broken_.end())
    leave_out(known->second);
  levels.push_back(enter(repository, root));
  while (levels.size() > 1 || levels.back().next < levels.back().value.children().size()) {
    if (levels.back().next < levels.back().value.children().size()) {
      put_next_child(repository, levels);
      continue;
    }
    leave(repository, std::move(levels.back()), {});
    levels.pop_back();
  }
  leave(repository, std::move(levels.back()), std::move(tags));
}

manifest_tree::level manifest_tree::enter(const repository_name& repository,
                                          const descriptor& content) {
  try {
    level entered{read(content)};
    const auto blobs = entered.value.required_blobs();
    for (const auto& needed : blobs)
      writer_.expect(needed.size);
    for (const auto& needed : blobs)
      put_blob(repository, needed);
    return entered;
  } catch (const broken_entry& reason) {
    broken_.emplace(key{repository, content.target}, reason.what());
    throw;
  }
}

// Build caches list blobs as manifests of an index.
void manifest_tree::put_next_child(const repository_name& repository, std::vector<level>& levels) {
  auto& parent = levels.back();
  const auto child = parent.value.children()[parent.next++];
  try {
    if (!is_manifest_type(child))
      return put_blob(repository, child);
    if (has(repository, child.target))
      return;
    if (const auto known = broken_.find({repository, child.target}); known != broken_.end())
      leave_out(known->second);
    if (levels.size() >= max_nesting)
      leave_out("indexes are nested more than " + std::to_string(max_nesting) + " deep");
    levels.push_back(enter(repository, child));
  } catch (const broken_entry& reason) {
    if (parent.lacking++ == 0)
      parent.reason = child.target.to_string() + ": " + reason.what();
  }
}

void manifest_tree::leave(const repository_name& repository, level done, std::vector<tag> tags) {
  count(done.value);
  const auto id = done.value.id();
  if (done.lacking > 0)
    writer_.report().lack(
      repository.to_string() + '@' + id.to_string() + " came without " + done.reason +
      (done.lacking > 1 ? " (and " + std::to_string(done.lacking - 1) + " more)" : std::string{}));
  writer_.put_manifest(repository, std::move(done.value), std::move(tags));
  arrived_.emplace(repository, id);
  if (arrived)
    arrived(repository, id);
}

void manifest_tree::put_blob(const repository_name& repository, const descriptor& blob) {
  auto content = layout_.open(layout_blob(blob.target));
  if (!content)
    leave_out("there is no blob " + blob.target.to_string());
  writer_.put_blob(repository, blob, *content);
}

manifest manifest_tree::read(const descriptor& content) const {
  const auto id = content.target.to_string();
  auto document = layout_.read(layout_blob(content.target));
  if (!document)
    leave_out("there is no blob " + id);
  if (document->size() != content.size)
    leave_out("blob " + id + " has " + std::to_string(document->size()) + " bytes, not " +
              std::to_string(content.size));
  auto declared = media_type::parse(content.media_type);
  const auto type = declared ? std::optional{std::move(*declared)} : guess_type(*document);
  auto value = manifest::parse(std::move(*document), type, content.target.algorithm());
  if (!value)
    leave_out("blob " + id + " is not a manifest: " + value.error().detail);
  if (value->id() != content.target)
    leave_out("blob " + id + " has the digest " + value->id().to_string());
  return std::move(*value);
}

void manifest_tree::count(const manifest& value) {
  bytes_ += value.bytes().size();
  if (++manifests_ > max_manifests || bytes_ > max_manifest_bytes)
    refuse("it would create more than " + std::to_string(max_manifests) +
           " manifests, or more than " + std::to_string(max_manifest_bytes) + " bytes of them");
}

} // namespace gantry::transfer
