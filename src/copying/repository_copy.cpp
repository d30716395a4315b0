#include "copying/repository_copy.hpp"

#include "transfer/layout_index.hpp"

#include <optional>

namespace gantry::copying {

using transfer::broken_entry;
using transfer::leave_out;

namespace {

constexpr std::string_view manifest_types =
  "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
  "application/vnd.docker.distribution.manifest.v2+json, "
  "application/vnd.docker.distribution.manifest.list.v2+json";

} // namespace

void repository_copy::put(const std::vector<tag>& labels) {
  for (const auto& label : labels)
    work_.add(label);
  work_.run(from_.readers.size(),
            [this](std::size_t thread, const task& each) { visit(thread, each); });
  put_blobs();
  put_manifests();
}

void repository_copy::visit(std::size_t thread, const task& each) {
  auto& from = *from_.readers[thread];
  const auto* label = std::get_if<tag>(&each);
  try {
    if (label)
      visit_tag(from, *label);
    else
      visit_digest(from, std::get<digest>(each));
  } catch (const broken_entry& reason) {
    const lock_guard lock{mutex_};
    if (label)
      writer_.report().leave_out(name_of(label->to_string()) + ": " + reason.what());
    else
      broken_.emplace(std::get<digest>(each), reason.what());
  }
}

void repository_copy::visit_tag(registry_reader& from, const tag& label) {
  const auto target = from.targets().manifest(repository_.to_string(), label.to_string());
  const auto described = from.head(target, manifest_types);
  const auto id = digest::parse(described.content_digest);
  if (described.status == 200 && id) {
    const lock_guard lock{mutex_};
    const auto present = writer_.find_manifest(repository_, label);
    if (present && present->id() == *id)
      ++from_.unchanged;
    else
      tags_[*id].push_back(label);
    add(*id);
    return;
  }
  // A registry that names no digests.
  auto value = std::make_shared<const manifest>(fetch(from, label.to_string(), nullptr));
  {
    const lock_guard lock{mutex_};
    tags_[value->id()].push_back(label);
    if (!seen_.insert(value->id()).second)
      return;
  }
  arrived(from, std::move(value), true);
}

void repository_copy::visit_digest(registry_reader& from, const digest& id) {
  manifest_ptr value;
  {
    const lock_guard lock{mutex_};
    value = writer_.find_manifest(repository_, id);
  }
  const bool is_new = !value;
  if (is_new)
    value = std::make_shared<const manifest>(fetch(from, id.to_string(), &id));
  arrived(from, std::move(value), is_new);
}

manifest repository_copy::fetch(registry_reader& from, const std::string& name,
                                const digest* expected) {
  const auto target = from.targets().manifest(repository_.to_string(), name);
  auto answer = from.get(target, manifest_types);
  if (answer.status != 200)
    leave_out(target + " is answered with " + std::to_string(answer.status));
  const auto type = transfer::guess_type(answer.body);
  auto value = manifest::parse(std::move(answer.body), type,
                               expected ? expected->algorithm() : digest_algorithm::sha256);
  if (!value)
    leave_out("it is not a manifest: " + value.error().detail);
  if (expected && value->id() != *expected)
    leave_out("it has the digest " + value->id().to_string());
  return std::move(*value);
}

void repository_copy::arrived(registry_reader& from, manifest_ptr value, bool is_new) {
  const auto id = value->id();
  {
    const lock_guard lock{mutex_};
    for (const auto& child : value->children())
      if (is_manifest_type(child))
        add(child.target);
    if (is_new)
      new_.insert(id);
    manifests_.emplace(id, std::move(value));
  }
  try {
    add_referrers(from, id);
  } catch (const broken_entry& reason) {
    const lock_guard lock{mutex_};
    writer_.report().lack(name_of(id.to_string()) +
                          " came without its referrers: " + reason.what());
  }
}

// If the API is missing, referrers are found by their fallback tags, which are tags like others.
void repository_copy::add_referrers(registry_reader& from, const digest& id) {
  std::optional<std::string> target =
    from.targets().root() + repository_.to_string() + "/referrers/" + id.to_string();
  std::set<std::string> asked;
  while (target && from_.has_referrers && asked.insert(*target).second) {
    const auto answer = from.get(*target, manifest_types);
    if (answer.status == 404) {
      from_.has_referrers = false;
      return;
    }
    if (answer.status != 200)
      leave_out("they are answered with " + std::to_string(answer.status));
    const auto found =
      manifest::parse(answer.body, transfer::guess_type(answer.body), digest_algorithm::sha256);
    if (!found)
      leave_out("they are not an index: " + found.error().detail);
    const lock_guard lock{mutex_};
    for (const auto& each : found->children())
      add(each.target);
    target = client::next_page(answer.link, *target);
  }
}

/// Precondition: the mutex is held.
void repository_copy::add(const digest& id) {
  if (seen_.insert(id).second)
    work_.add(id);
}

} // namespace gantry::copying
