#include "transfer/distribution_folder.hpp"

#include "transfer/content_writer.hpp"
#include "transfer/failure.hpp"
#include "transfer/layout_index.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

/// The names in a folder, sorted; none where there is no such folder.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ec;
  for (fs::directory_iterator it{folder, ec}, end; !ec && it != end; it.increment(ec))
    names.push_back(it->path().filename().string());
  if (ec && ec != std::errc::no_such_file_or_directory)
    throw std::runtime_error{folder.string() + " cannot be read: " + ec.message()};
  std::ranges::sort(names);
  return names;
}

/// Texts with a colon or another sign between them.
std::string join(const std::string& left, char sign, const std::string& right) {
  return left + sign + right;
}

/// The digests that a folder `<algorithm>/<hex>/link` lists.
void for_each_link(const fs::path& folder, const std::function<void(const digest&)>& visit) {
  for (const auto& algorithm : names_in(folder))
    for (const auto& hex : names_in(folder / algorithm)) {
      const auto id = digest::parse(join(algorithm, ':', hex));
      // A deleted manifest keeps its folder, without the link.
      if (id && fs::exists(folder / algorithm / hex / "link"))
        visit(*id);
    }
}

class distribution_import {
public:
  distribution_import(storage_engine& engine, const fs::path& folder,
                      const progress_callback& progress)
    : writer_{engine, progress}, root_{folder / "docker" / "registry" / "v2"} {}

  transfer_report run();

private:
  void count_bytes();
  void walk(const fs::path& folder, const std::string& name);
  void put_repository(const fs::path& folder, const std::string& name);
  /// Whether the repository has it now.
  bool put_blob(const repository_name& repository, const digest& id);
  void put_manifest(const repository_name& repository, const digest& id, std::vector<tag> tags);
  std::map<digest, std::vector<tag>> read_tags(const fs::path& folder, const std::string& name);
  fs::path data_of(const digest& id) const;
  void leave_out(std::string what) { writer_.report().left_out.push_back(std::move(what)); }

  content_writer writer_;
  fs::path root_;
};

transfer_report distribution_import::run() {
  if (!fs::is_directory(root_ / "repositories") || !fs::is_directory(root_ / "blobs"))
    throw std::runtime_error{"it holds no docker/registry/v2 with repositories and blobs"};
  count_bytes();
  walk(root_ / "repositories", {});
  return std::move(writer_.report());
}

void distribution_import::count_bytes() {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator{root_ / "blobs"})
    bytes += entry.is_regular_file() ? entry.file_size() : 0;
  writer_.expect(bytes);
}

// A repository may lie inside another one; what belongs to a repository itself begins with `_`.
void distribution_import::walk(const fs::path& folder, const std::string& name) {
  for (const auto& part : names_in(folder)) {
    if (part.starts_with('_') || !fs::is_directory(folder / part))
      continue;
    const auto inner = name.empty() ? part : join(name, '/', part);
    if (fs::exists(folder / part / "_manifests") || fs::exists(folder / part / "_layers"))
      put_repository(folder / part, inner);
    walk(folder / part, inner);
  }
}

void distribution_import::put_repository(const fs::path& folder, const std::string& name) {
  const auto repository = repository_name::parse(name);
  if (!repository)
    return leave_out(name + ": no repository can have this name");
  for_each_link(folder / "_layers", [&](const digest& id) { put_blob(*repository, id); });
  auto tags = read_tags(folder / "_manifests" / "tags", name);
  for_each_link(folder / "_manifests" / "revisions", [&](const digest& id) {
    auto labels = tags.extract(id);
    put_manifest(*repository, id, labels.empty() ? std::vector<tag>{} : std::move(labels.mapped()));
  });
  for (const auto& [id, labels] : tags)
    for (const auto& label : labels)
      leave_out(join(name, ':', label.to_string()) + ": there is no manifest " + id.to_string());
}

bool distribution_import::put_blob(const repository_name& repository, const digest& id) {
  if (writer_.link_present(repository, id))
    return true;
  std::error_code ec;
  const auto size = fs::file_size(data_of(id), ec);
  std::ifstream content{data_of(id), std::ios::binary};
  // A collection takes the blob and leaves the link.
  if (ec || !content)
    return false;
  try {
    writer_.put_blob(repository, descriptor{.media_type = {}, .target = id, .size = size}, content);
  } catch (const wrong_content& damage) {
    leave_out(repository.to_string() + ": " + damage.what());
    return false;
  }
  return true;
}

void distribution_import::put_manifest(const repository_name& repository, const digest& id,
                                       std::vector<tag> tags) {
  const auto name = repository.to_string() + '@' + id.to_string();
  if (!fs::exists(data_of(id)))
    return leave_out(name + ": the manifest's blob is not there");
  auto document = read_document(data_of(id));
  const auto type = guess_type(document);
  auto value = manifest::parse(std::move(document), type, id.algorithm());
  if (!value)
    return leave_out(name + ": " + value.error().detail);
  if (value->id() != id)
    return leave_out(name + ": it is damaged, its digest is " + value->id().to_string());
  for (const auto& needed : value->required_blobs()) {
    if (!put_blob(repository, needed.target))
      leave_out(name + ": the blob " + needed.target.to_string() + " that it needs is not there");
  }
  writer_.put_manifest(repository, std::move(*value), std::move(tags));
}

std::map<digest, std::vector<tag>> distribution_import::read_tags(const fs::path& folder,
                                                                  const std::string& name) {
  std::map<digest, std::vector<tag>> tags;
  for (const auto& text : names_in(folder)) {
    const auto link = folder / text / "current" / "link";
    auto label = tag::parse(text);
    const auto id =
      fs::exists(link) ? digest::parse(read_document(link)) : fail(errc::digest_invalid);
    if (label && id)
      tags[*id].push_back(std::move(*label));
    else
      leave_out(join(name, ':', text) + ": it is no tag that leads to a manifest");
  }
  return tags;
}

fs::path distribution_import::data_of(const digest& id) const {
  const auto hex = id.hex();
  return root_ / "blobs" / to_string(id.algorithm()) / hex.substr(0, 2) / hex / "data";
}

} // namespace

transfer_report import_distribution_folder(storage_engine& engine, const fs::path& folder,
                                           const progress_callback& progress) {
  return naming("registry folder", folder, [&] {
    return distribution_import{engine, folder, progress}.run();
  });
}

} // namespace gantry::transfer
