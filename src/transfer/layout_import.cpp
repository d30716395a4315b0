#include "transfer/layout_import.hpp"

#include "transfer/content_writer.hpp"
#include "transfer/failure.hpp"
#include "transfer/layout_index.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

class layout_import {
public:
  layout_import(storage_engine& engine, fs::path folder, const layout_selection& selection,
                const progress_callback& progress)
    : writer_{engine, progress}, folder_{std::move(folder)}, selection_{selection} {}

  transfer_report run();

private:
  manifest read_manifest(const descriptor& content) const;
  void choose(std::vector<layout_entry>& entries) const;
  void put_unnamed(std::vector<manifest> rest);
  bool put_next_to_subject(const manifest& value);
  void put_manifest(const repository_name& repository, manifest value, std::vector<tag> tags);
  void put_child(const repository_name& repository, const descriptor& child);
  void put_blob(const repository_name& repository, const descriptor& blob);

  image_name destination_of(const std::string& name) const;
  repository_name folder_repository() const;

  content_writer writer_;
  fs::path folder_;
  const layout_selection& selection_;
  /// Where each manifest went.
  std::map<digest, std::set<repository_name>> homes_;
};

transfer_report layout_import::run() {
  auto entries = read_index(folder_);
  choose(entries);
  const bool any_named =
    std::ranges::any_of(entries, [](const auto& entry) { return !entry.name.empty(); });
  std::vector<manifest> unnamed;
  std::vector<image_name> names;
  for (const auto& entry : entries) {
    auto value = read_manifest(entry.content);
    // Where none has a name, all are images that are not about another one.
    const bool is_image = !entry.name.empty() || (selection_.as && !any_named && !value.subject());
    if (!is_image) {
      unnamed.push_back(std::move(value));
      continue;
    }
    names.push_back(selection_.as ? *selection_.as : destination_of(entry.name));
    put_manifest(names.back().repository, std::move(value), {names.back().label});
  }
  if (selection_.as && names.size() != 1)
    refuse("it holds " + std::to_string(names.size()) +
           " images; choose one, as oci:DIR:NAME, to give it another name");
  put_unnamed(std::move(unnamed));
  return std::move(writer_.report());
}

void layout_import::choose(std::vector<layout_entry>& entries) const {
  if (selection_.name.empty())
    return;
  std::string others;
  for (const auto& entry : entries) {
    if (entry.name == selection_.name) {
      std::erase_if(entries, [this](const layout_entry& each) {
        return !each.name.empty() && each.name != selection_.name;
      });
      return;
    }
    if (!entry.name.empty())
      others += (others.empty() ? "" : ", ") + entry.name;
  }
  refuse("it holds no image of the name '" + selection_.name +
         "'; there are: " + (others.empty() ? "none with a name" : others));
}

// A referrer may itself be the subject of another one, so this goes on for as long as a subject
// turns up; one that has none among them makes a start, unless one image was asked for.
void layout_import::put_unnamed(std::vector<manifest> rest) {
  while (!rest.empty()) {
    if (std::erase_if(rest, [this](const auto& value) { return put_next_to_subject(value); }) > 0)
      continue;
    if (!selection_.name.empty() || selection_.as)
      return;
    auto first = std::ranges::find_if(rest, [&](const manifest& value) {
      return !value.subject() || std::ranges::none_of(rest, [&](const manifest& other) {
        return other.id() == value.subject()->target;
      });
    });
    put_manifest(folder_repository(), *first, {});
    rest.erase(first);
  }
}

bool layout_import::put_next_to_subject(const manifest& value) {
  if (!value.subject())
    return false;
  const auto found = homes_.find(value.subject()->target);
  if (found == homes_.end())
    return false;
  const auto repositories = found->second;
  for (const auto& repository : repositories)
    put_manifest(repository, value, {});
  return true;
}

void layout_import::put_manifest(const repository_name& repository, manifest value,
                                 std::vector<tag> tags) {
  const auto blobs = value.required_blobs();
  for (const auto& needed : blobs)
    writer_.expect(needed.size);
  for (const auto& needed : blobs)
    put_blob(repository, needed);
  for (const auto& child : value.children())
    put_child(repository, child);
  homes_[value.id()].insert(repository);
  writer_.put_manifest(repository, std::move(value), std::move(tags));
}

// Build caches list blobs among the manifests of an index.
void layout_import::put_child(const repository_name& repository, const descriptor& child) {
  const auto type = media_type::parse(child.media_type);
  if (type && (is_image_manifest(*type) || is_index(*type)))
    put_manifest(repository, read_manifest(child), {});
  else
    put_blob(repository, child);
}

void layout_import::put_blob(const repository_name& repository, const descriptor& blob) {
  std::ifstream content{layout_blob(folder_, blob.target), std::ios::binary};
  if (!content)
    refuse("there is no blob " + blob.target.to_string());
  if (!writer_.put_blob(repository, blob, content))
    writer_.note(blob.size);
}

manifest layout_import::read_manifest(const descriptor& content) const {
  const auto id = content.target.to_string();
  const auto file = layout_blob(folder_, content.target);
  if (!fs::exists(file))
    refuse("there is no blob " + id);
  auto document = read_document(file);
  auto declared = media_type::parse(content.media_type);
  const auto type = declared ? std::optional{std::move(*declared)} : guess_type(document);
  auto value = manifest::parse(std::move(document), type, content.target.algorithm());
  if (!value)
    refuse("blob " + id + " is no manifest: " + value.error().detail);
  if (value->id() != content.target)
    refuse("blob " + id + " has the digest " + value->id().to_string());
  return std::move(*value);
}

image_name layout_import::destination_of(const std::string& name) const {
  if (name.find(':') == std::string::npos) {
    auto label = tag::parse(name);
    if (!label)
      refuse("index.json: '" + name + "' is neither a tag nor repository:tag");
    return {folder_repository(), std::move(*label)};
  }
  auto full = image_name::parse(name);
  if (!full)
    refuse("index.json: '" + name + "' is neither a tag nor repository:tag");
  return std::move(*full);
}

repository_name layout_import::folder_repository() const {
  const auto base = fs::canonical(folder_).filename().string();
  auto name = repository_name::parse(boost::algorithm::to_lower_copy(base));
  if (!name)
    refuse("index.json: an image has no repository in its name, and '" + base +
           "', the name of the folder, cannot be one");
  return std::move(*name);
}

} // namespace

transfer_report import_layout(storage_engine& engine, const fs::path& folder,
                              const layout_selection& selection,
                              const progress_callback& progress) {
  return naming("image layout", folder, [&] {
    return layout_import{engine, folder, selection, progress}.run();
  });
}

} // namespace gantry::transfer
