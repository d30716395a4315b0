#include "transfer/layout_import.hpp"

#include "transfer/content_writer.hpp"
#include "transfer/failure.hpp"
#include "transfer/layout_index.hpp"
#include "transfer/manifest_tree.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

class layout_import {
public:
  layout_import(storage_engine& engine, fs::path folder, const layout_selection& selection,
                const progress_callback& progress)
    : writer_{engine, progress},
      folder_{std::move(folder)},
      source_{folder_},
      selection_{selection},
      tree_{writer_, source_} {
    tree_.arrived = [this](const auto& repository, const auto& id) { call(repository, id); };
  }

  transfer_report run();

private:
  struct image {
    descriptor content;
    std::vector<tag> tags;
  };
  /// A manifest without a name; it goes to the repository of its subject.
  struct follower {
    descriptor content;
    std::optional<digest> subject;
    bool placed = false;
  };

  void sort_out(std::vector<layout_entry> entries);
  void add_unnamed(const descriptor& content, bool may_be_image);
  void choose(std::vector<layout_entry>& entries) const;
  std::map<std::pair<repository_name, digest>, image> destinations();
  void put_image(const repository_name& repository, image each);
  void put_follower(const repository_name& repository, follower& each);
  void put_called();
  void put_rest();
  /// Queues the followers of a manifest that has arrived.
  void call(const repository_name& repository, const digest& id);

  image_name destination_of(const std::string& name) const;
  repository_name folder_repository() const;

  content_writer writer_;
  fs::path folder_;
  source_folder source_;
  const layout_selection& selection_;
  manifest_tree tree_;
  std::vector<layout_entry> images_;
  std::map<digest, follower> followers_;
  /// Followers by their subject.
  std::multimap<digest, digest> followers_of_;
  std::vector<std::pair<repository_name, digest>> called_;
};

transfer_report layout_import::run() {
  auto entries =
    read_index(source_, [this](const auto& reason) { writer_.report().leave_out(reason); });
  choose(entries);
  sort_out(std::move(entries));
  if (selection_.as && images_.size() != 1)
    refuse("it holds " + std::to_string(images_.size()) +
           " images; choose one, as oci:DIR:NAME, to give it another name");
  for (auto& [place, each] : destinations())
    put_image(place.first, std::move(each));
  if (selection_.name.empty() && !selection_.as)
    put_rest();
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
  refuse("it holds no image named '" + selection_.name +
         "'; available: " + (others.empty() ? "none with a name" : others));
}

void layout_import::sort_out(std::vector<layout_entry> entries) {
  const bool any_named =
    std::ranges::any_of(entries, [](const auto& entry) { return !entry.name.empty(); });
  std::set<std::pair<digest, std::string>> seen;
  for (const auto& entry : entries) {
    if (!seen.emplace(entry.content.target, entry.name).second)
      continue;
    if (entry.name.empty())
      add_unnamed(entry.content, selection_.as && !any_named);
    else
      images_.push_back(entry);
  }
}

// If no entry has a name, every manifest without a subject counts as an image.
void layout_import::add_unnamed(const descriptor& content, bool may_be_image) {
  try {
    const auto value = tree_.read(content);
    const auto& subject = value.subject();
    if (may_be_image && !subject)
      return images_.push_back({content, {}});
    followers_.emplace(content.target,
                       follower{content, subject ? std::optional{subject->target} : std::nullopt});
    if (subject)
      followers_of_.emplace(subject->target, content.target);
  } catch (const broken_entry& reason) {
    writer_.report().leave_out("a manifest without a name: " + std::string{reason.what()});
  }
}

// An image with many names is read once per repository.
std::map<std::pair<repository_name, digest>, layout_import::image> layout_import::destinations() {
  std::map<std::pair<repository_name, digest>, image> places;
  for (const auto& each : images_) {
    try {
      auto to = selection_.as ? *selection_.as : destination_of(each.name);
      const auto place =
        places.try_emplace({std::move(to.repository), each.content.target}, image{each.content, {}})
          .first;
      place->second.tags.push_back(std::move(to.label));
    } catch (const broken_entry& reason) {
      writer_.report().leave_out("'" + each.name + "': " + reason.what());
    }
  }
  return places;
}

void layout_import::put_image(const repository_name& repository, image each) {
  const auto name = image_name{repository, each.tags.front()}.to_string();
  const auto others = each.tags.size() - 1;
  try {
    tree_.put(repository, each.content, std::move(each.tags));
  } catch (const broken_entry& reason) {
    const auto more = others > 0 ? " (and " + std::to_string(others) + " more tags)" : "";
    writer_.report().leave_out(name + more + ": " + reason.what());
  }
  put_called();
}

void layout_import::put_follower(const repository_name& repository, follower& each) {
  each.placed = true;
  if (tree_.has(repository, each.content.target))
    return;
  try {
    tree_.put(repository, each.content, {});
  } catch (const broken_entry& reason) {
    writer_.report().leave_out(repository.to_string() + '@' + each.content.target.to_string() +
                               ": " + reason.what());
  }
}

// Iterative over a growing list, because a referrer may be the subject of another one.
void layout_import::put_called() {
  while (!called_.empty()) {
    const auto [repository, id] = std::move(called_.back());
    called_.pop_back();
    put_follower(repository, followers_.at(id));
  }
}

// A follower whose subject is also unplaced arrives with it, or alone if the subject cannot.
void layout_import::put_rest() {
  for (const bool alone : {false, true})
    for (auto& [id, each] : followers_) {
      if (each.placed || (!alone && each.subject && followers_.contains(*each.subject)))
        continue;
      try {
        put_follower(folder_repository(), each);
      } catch (const broken_entry& reason) {
        each.placed = true;
        writer_.report().leave_out(id.to_string() + ": " + reason.what());
      }
      put_called();
    }
}

void layout_import::call(const repository_name& repository, const digest& id) {
  const auto [first, last] = followers_of_.equal_range(id);
  for (auto each = first; each != last; ++each)
    called_.emplace_back(repository, each->second);
}

image_name layout_import::destination_of(const std::string& name) const {
  const bool is_tag = name.find(':') == std::string::npos;
  if (is_tag) {
    if (auto label = tag::parse(name))
      return {folder_repository(), std::move(*label)};
  } else if (auto full = image_name::parse(name)) {
    return std::move(*full);
  }
  leave_out("index.json: it is neither a tag nor repository:tag");
}

repository_name layout_import::folder_repository() const {
  const auto base = fs::canonical(folder_).filename().string();
  auto name = repository_name::parse(boost::algorithm::to_lower_copy(base));
  if (!name)
    leave_out("index.json: it has no repository in its name, and '" + base +
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
