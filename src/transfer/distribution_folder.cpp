#include "transfer/distribution_folder.hpp"

#include "transfer/content_writer.hpp"
#include "transfer/failure.hpp"
#include "transfer/image_name.hpp"
#include "transfer/layout_index.hpp"
#include "transfer/source_folder.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

/// The longest repository name (see `repository_name`); bounds the depth of the walk.
constexpr std::size_t max_name = 255;

/// Joins two texts with a sign between them.
std::string join(const std::string& left, char sign, const std::string& right) {
  return left + sign + right;
}

class distribution_import {
public:
  distribution_import(storage_engine& engine, const fs::path& folder,
                      const progress_callback& progress, const distribution_options& options)
    : writer_{engine, progress},
      source_{folder},
      root_{fs::path{"docker"} / "registry" / "v2"},
      options_{options} {}

  transfer_report run();

private:
  /// An index and its references.
  struct index {
    std::string name;
    std::vector<descriptor> children;
  };

  void count_bytes();
  void walk();
  void put_repository(const fs::path& folder, const std::string& name);
  void find_sizes(const repository_name& repository, const fs::path& folder);
  void put_layers(const repository_name& repository, const fs::path& folder);
  std::map<digest, std::vector<tag>> read_tags(const fs::path& folder, const std::string& name);
  void put_revisions(const repository_name& repository, const fs::path& folder,
                     std::map<digest, std::vector<tag>> tags);
  void put_manifest(const repository_name& repository, const digest& id, std::vector<tag> tags);
  manifest read_manifest(const digest& id) const;
  /// False if it is absent. Throws broken_entry.
  bool put_blob(const repository_name& repository, const digest& id);
  void adopt(const repository_name& repository, const descriptor& blob, source_file& content);
  void check_indexes(const repository_name& repository);

  /// Visits the digests of the files `<algorithm>/<hex>/link` in a folder of a repository.
  void for_each_link(const std::string& name, const fs::path& folder,
                     const std::function<void(const digest&)>& visit);
  fs::path data_of(const digest& id) const;
  /// Runs `work`; a broken entry is reported in a line that begins with `name`.
  template <class Work>
  void attempt(const std::string& name, Work work);

  content_writer writer_;
  source_folder source_;
  fs::path root_;
  const distribution_options& options_;
  /// For the current repository: why these blobs are missing.
  std::vector<index> indexes_;
  std::map<digest, std::string> broken_layers_;
  /// Only to take over files: the sizes that manifests name.
  std::map<digest, std::uint64_t> sizes_;
  /// The second walk, for blobs that no manifest of their repository names: that of another may,
  /// and then the file has been taken over by now.
  bool rest_ = false;
  /// Blobs that could not be taken over; a manifest's line says so.
  std::set<digest> failed_;
};

template <class Work>
void distribution_import::attempt(const std::string& name, Work work) {
  try {
    work();
  } catch (const broken_entry& reason) {
    if (!rest_)
      writer_.report().leave_out(name + ": " + reason.what());
  }
}

transfer_report distribution_import::run() {
  if (!source_.has_folder(root_ / "repositories") || !source_.has_folder(root_ / "blobs"))
    refuse("it holds no docker/registry/v2 with repositories and blobs");
  count_bytes();
  walk();
  if (options_.adopt) {
    rest_ = true;
    sizes_.clear();
    walk();
  }
  return std::move(writer_.report());
}

// Unreadable entries are reported later, when something needs them.
void distribution_import::count_bytes() {
  const auto blobs = root_ / "blobs";
  for (const auto& algorithm : source_.names(blobs))
    for (const auto& start : source_.names(blobs / algorithm))
      for (const auto& hex : source_.names(blobs / algorithm / start)) {
        try {
          if (const auto data = source_.open(blobs / algorithm / start / hex / "data"))
            writer_.expect(data->size());
        } catch (const broken_entry&) {
          continue;
        }
      }
}

// Repositories may be nested; a repository's own folders begin with `_`.
void distribution_import::walk() {
  std::vector<std::string> names{""};
  while (!names.empty()) {
    const auto outer = std::move(names.back());
    names.pop_back();
    attempt(outer.empty() ? "repositories" : outer, [&] {
      for (const auto& part : source_.names(root_ / "repositories" / outer)) {
        const auto folder = root_ / "repositories" / outer / part;
        if (part.starts_with('_') || !source_.has_folder(folder))
          continue;
        const auto name = outer.empty() ? part : join(outer, '/', part);
        if (name.size() > max_name) {
          if (rest_)
            continue;
          writer_.report().leave_out(
            join(name, ':',
                 " a repository's name has at most " + std::to_string(max_name) + " characters"));
          continue;
        }
        names.push_back(name);
        if (source_.has_folder(folder / "_manifests") || source_.has_folder(folder / "_layers"))
          attempt(name, [&] { put_repository(folder, name); });
      }
    });
  }
}

void distribution_import::put_repository(const fs::path& folder, const std::string& name) {
  const auto repository = repository_name::parse(name);
  if (!repository)
    leave_out("no repository can have this name");
  indexes_.clear();
  broken_layers_.clear();
  if (!rest_)
    find_sizes(*repository, folder / "_manifests" / "revisions");
  put_layers(*repository, folder / "_layers");
  if (!rest_)
    put_revisions(*repository, folder / "_manifests" / "revisions",
                  read_tags(folder / "_manifests" / "tags", name));
  for (const auto& [id, reason] : broken_layers_)
    writer_.report().leave_out(name + ": " + reason);
  check_indexes(*repository);
}

// A broken manifest is reported when its turn comes.
void distribution_import::find_sizes(const repository_name& repository, const fs::path& folder) {
  sizes_.clear();
  if (!options_.adopt)
    return;
  for_each_link(repository.to_string(), folder, [&](const digest& id) {
    try {
      for (const auto& needed : read_manifest(id).required_blobs())
        sizes_.emplace(needed.target, needed.size);
    } catch (const broken_entry&) {
      return;
    }
  });
}

// Garbage collection removes a blob but leaves its link.
void distribution_import::put_layers(const repository_name& repository, const fs::path& folder) {
  for_each_link(repository.to_string(), folder, [&](const digest& id) {
    const bool is_later = options_.adopt && !rest_ && !sizes_.contains(id);
    if (is_later || failed_.contains(id))
      return;
    try {
      put_blob(repository, id);
    } catch (const broken_entry& reason) {
      broken_layers_.emplace(id, reason.what());
    }
  });
}

std::map<digest, std::vector<tag>> distribution_import::read_tags(const fs::path& folder,
                                                                  const std::string& name) {
  std::map<digest, std::vector<tag>> tags;
  for (const auto& text : source_.names(folder))
    attempt(join(name, ':', text), [&] {
      const auto link = source_.read(folder / text / "current" / "link");
      auto label = tag::parse(text);
      const auto id = link ? digest::parse(*link) : fail(errc::digest_invalid);
      if (!label || !id)
        leave_out("it is not a tag that leads to a manifest");
      tags[*id].push_back(std::move(*label));
    });
  return tags;
}

void distribution_import::put_revisions(const repository_name& repository, const fs::path& folder,
                                        std::map<digest, std::vector<tag>> tags) {
  for_each_link(repository.to_string(), folder, [&](const digest& id) {
    auto labels = tags.extract(id);
    put_manifest(repository, id, labels.empty() ? std::vector<tag>{} : std::move(labels.mapped()));
  });
  for (const auto& [id, labels] : tags)
    for (const auto& label : labels)
      writer_.report().leave_out(image_name{repository, label}.to_string() +
                                 ": there is no manifest " + id.to_string());
}

void distribution_import::put_manifest(const repository_name& repository, const digest& id,
                                       std::vector<tag> tags) {
  auto name = repository.to_string() + '@' + id.to_string();
  std::string called;
  for (const auto& label : tags)
    called += (called.empty() ? " (" : ", ") + label.to_string();
  name += called + (called.empty() ? "" : ")");
  attempt(name, [&] {
    auto value = read_manifest(id);
    for (const auto& needed : value.required_blobs()) {
      broken_layers_.erase(needed.target); // reported with the manifest
      if (!put_blob(repository, needed.target))
        leave_out("the blob " + needed.target.to_string() + " that it needs is not there");
    }
    if (!value.children().empty())
      indexes_.push_back({name, value.children()});
    writer_.put_manifest(repository, std::move(value), std::move(tags));
  });
}

manifest distribution_import::read_manifest(const digest& id) const {
  auto document = source_.read(data_of(id));
  if (!document)
    leave_out("the manifest's blob is not there");
  const auto type = guess_type(*document);
  auto value = manifest::parse(std::move(*document), type, id.algorithm());
  if (!value)
    leave_out(value.error().detail);
  if (value->id() != id)
    leave_out("it is damaged, its digest is " + value->id().to_string());
  return std::move(*value);
}

bool distribution_import::put_blob(const repository_name& repository, const digest& id) {
  if (writer_.link_present(repository, id))
    return true;
  auto content = source_.open(data_of(id));
  if (!content)
    return false;
  descriptor blob{.media_type = {}, .target = id, .size = content->size()};
  const auto named = sizes_.find(id);
  if (named == sizes_.end()) {
    writer_.put_blob(repository, blob, *content);
  } else {
    blob.size = named->second;
    adopt(repository, blob, *content);
  }
  return true;
}

void distribution_import::adopt(const repository_name& repository, const descriptor& blob,
                                source_file& content) {
  try {
    writer_.adopt_blob(repository, blob, content, options_.adopt, options_.verify);
  } catch (const broken_entry&) {
    failed_.insert(blob.target);
    throw;
  }
}

// An index is imported without its missing children: they may never have been pushed.
void distribution_import::check_indexes(const repository_name& repository) {
  for (const auto& each : indexes_) {
    std::size_t lacking = 0;
    std::string first;
    for (const auto& child : each.children)
      if (!writer_.contains(repository, child.target) && lacking++ == 0)
        first = child.target.to_string();
    if (lacking > 0)
      writer_.report().lack(
        each.name + " came without " + first +
        (lacking > 1 ? " (and " + std::to_string(lacking - 1) + " more)" : std::string{}));
  }
}

void distribution_import::for_each_link(const std::string& name, const fs::path& folder,
                                        const std::function<void(const digest&)>& visit) {
  for (const auto& algorithm : source_.names(folder))
    for (const auto& hex : source_.names(folder / algorithm))
      attempt(name, [&] {
        const auto id = digest::parse(join(algorithm, ':', hex));
        // A deleted manifest leaves its folder without the link.
        if (id && source_.open(folder / algorithm / hex / "link"))
          visit(*id);
      });
}

fs::path distribution_import::data_of(const digest& id) const {
  const auto hex = id.hex();
  return root_ / "blobs" / to_string(id.algorithm()) / hex.substr(0, 2) / hex / "data";
}

} // namespace

transfer_report import_distribution_folder(storage_engine& engine, const fs::path& folder,
                                           const progress_callback& progress,
                                           const distribution_options& options) {
  return naming("registry folder", folder, [&] {
    return distribution_import{engine, folder, progress, options}.run();
  });
}

} // namespace gantry::transfer
