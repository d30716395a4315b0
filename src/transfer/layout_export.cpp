#include "transfer/layout_export.hpp"

#include "storage/api/answer_of.hpp"
#include "storage/api/bytes_of.hpp"
#include "transfer/failure.hpp"
#include "transfer/file_output.hpp"
#include "transfer/layout_index.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t page_size = 1000;

/// Calls `visit` for each entry of a paged list; `list(request)` returns a page.
template <class List, class Visit>
void for_each_entry(List list, Visit visit) {
  page_request request{page_size, {}};
  for (bool more = true; more;) {
    const auto page = list(request);
    for (const auto& item : page.items)
      visit(item);
    more = page.more && !page.items.empty();
    if (more)
      request.last = page.items.back().to_string();
  }
}

descriptor describe(const manifest& value) {
  return {value.type().to_string(), value.id(), value.bytes().size()};
}

class layout_export {
public:
  layout_export(storage_engine& engine, fs::path folder, const export_selection& selection,
                const progress_callback& progress)
    : engine_{engine}, folder_{std::move(folder)}, selection_{selection}, progress_{progress} {}

  transfer_report run();

private:
  void read_present();
  void write_list() const;
  void add_everything();
  void add_image(const image_name& image);
  /// The manifests of one image that remain to be written.
  struct work {
    std::set<digest> seen;
    std::vector<digest> left;
    /// The referrers among the written manifests.
    std::map<digest, descriptor> referrers;
  };

  void put_tree(const repository_store& from, const digest& root);
  void put_manifest(const repository_store& from, const manifest& value);
  void add_children(const repository_store& from, const manifest& value, work& tree);
  void add_referrers(const repository_store& from, const digest& subject, work& tree);
  /// Adds the manifest to the work list, unless it was added before or its whole tree is in the
  /// layout.
  void add(const digest& id, work& tree) const;
  void put_blob(const repository_store& from, const digest& id);
  /// Whether the layout lacks the blob.
  bool is_missing(const digest& id, std::uint64_t size) const;
  void write(const blob& content);

  storage_engine& engine_;
  fs::path folder_;
  const export_selection& selection_;
  const progress_callback& progress_;
  std::map<std::string, descriptor> named_;
  /// Referrers, and unnamed entries that the layout already had.
  std::map<digest, descriptor> unnamed_;
  /// Manifests whose whole tree is in the layout. By repository, because each may have its own
  /// referrers.
  std::set<std::pair<std::string, digest>> complete_;
  /// Manifests that are in the layout with their own blobs.
  std::set<std::pair<std::string, digest>> written_;
  std::string repository_;
  transfer_report report_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

transfer_report layout_export::run() {
  read_present();
  if (selection_.images.empty())
    add_everything();
  total_ = selection_.images.size();
  for (const auto& image : selection_.images)
    add_image(image);
  write_list();
  return std::move(report_);
}

void layout_export::read_present() {
  std::error_code ec;
  if (!fs::exists(folder_, ec) || fs::is_empty(folder_, ec))
    return;
  const auto broken = [](const std::string& reason) { refuse(reason); };
  for (auto& entry : read_index(source_folder{folder_}, broken)) {
    if (entry.name.empty())
      unnamed_.emplace(entry.content.target, std::move(entry.content));
    else
      named_.emplace(std::move(entry.name), std::move(entry.content));
  }
}

void layout_export::write_list() const {
  std::vector<layout_entry> entries;
  for (const auto& [name, content] : named_)
    entries.push_back({content, name});
  for (const auto& [id, content] : unnamed_)
    entries.push_back({content, {}});
  write_index(folder_, entries);
}

void layout_export::add_everything() {
  auto& metadata = engine_.metadata();
  total_ = demand(answer_of(metadata, &metadata_engine::repository_count));
  const auto repositories = [&](const page_request& request) {
    return demand(answer_of(metadata, &metadata_engine::list_repositories, request));
  };
  for_each_entry(repositories, [&](const repository_name& repository) {
    const auto store = metadata.open(repository);
    const auto tags = [&](const page_request& request) {
      return demand(answer_of(*store, &repository_store::list_tags, request));
    };
    for_each_entry(tags, [&](const tag& label) { add_image({repository, label}); });
    if (progress_)
      progress_(++done_, total_);
  });
}

void layout_export::add_image(const image_name& image) {
  const auto store = engine_.metadata().open(image.repository);
  const auto found = answer_of(*store, &repository_store::find_manifest, image.label);
  if (!found)
    throw std::runtime_error{"there is no image " + image.to_string()};
  repository_ = image.repository.to_string();
  try {
    put_tree(*store, (*found)->id());
  } catch (const broken_entry& lack) {
    report_.leave_out(image.to_string() + ": " + lack.what());
    return;
  }
  named_.insert_or_assign(selection_.name.empty() ? image.to_string() : selection_.name,
                          describe(**found));
  ++report_.tags;
  if (!selection_.images.empty() && progress_)
    progress_(++done_, total_);
}

// Iterative because clients choose the nesting depth of indexes and referrers.
void layout_export::put_tree(const repository_store& from, const digest& root) {
  work tree;
  add(root, tree);
  while (!tree.left.empty()) {
    const auto id = tree.left.back();
    tree.left.pop_back();
    const auto found = answer_of(from, &repository_store::find_manifest, id);
    if (!found)
      continue;
    put_manifest(from, **found);
    add_children(from, **found, tree);
    add_referrers(from, id, tree);
  }
  for (const auto& id : tree.seen)
    complete_.emplace(repository_, id);
  unnamed_.merge(tree.referrers);
}

void layout_export::put_manifest(const repository_store& from, const manifest& value) {
  for (const auto& needed : value.required_blobs())
    put_blob(from, needed.target);
  if (is_missing(value.id(), value.bytes().size()))
    write_document(folder_ / layout_blob(value.id()), value.bytes());
  if (written_.emplace(repository_, value.id()).second)
    ++report_.manifests;
}

void layout_export::add_children(const repository_store& from, const manifest& value, work& tree) {
  for (const auto& child : value.children()) {
    if (answer_of(from, &repository_store::find_manifest, child.target))
      add(child.target, tree);
    else if (answer_of(from, &repository_store::find_blob, child.target))
      put_blob(from, child.target);
  }
}

void layout_export::add_referrers(const repository_store& from, const digest& subject, work& tree) {
  referrers_query query;
  for (bool more = true; more;) {
    const auto page = demand(answer_of(from, &repository_store::list_referrers, subject, query));
    for (const auto& each : page.items) {
      const auto found = answer_of(from, &repository_store::find_manifest, each.id);
      if (!found)
        continue;
      tree.referrers.emplace(each.id, describe(**found));
      add(each.id, tree);
    }
    more = page.more && !page.items.empty();
    if (more)
      query.last = page.items.back().id;
  }
}

void layout_export::add(const digest& id, work& tree) const {
  if (!complete_.contains({repository_, id}) && tree.seen.insert(id).second)
    tree.left.push_back(id);
}

void layout_export::put_blob(const repository_store& from, const digest& id) {
  const auto found = answer_of(from, &repository_store::find_blob, id);
  if (!found)
    throw broken_entry{"the blob " + id.to_string() + " is not there"};
  if (!is_missing(id, (*found)->size()))
    return;
  write(**found);
  ++report_.blobs;
  report_.bytes += (*found)->size();
}

bool layout_export::is_missing(const digest& id, std::uint64_t size) const {
  if (id.algorithm() == digest_algorithm::verbatim)
    throw broken_entry{"'" + id.to_string() + "' is not a digest that a layout can have"};
  std::error_code ec;
  return fs::file_size(folder_ / layout_blob(id), ec) != size || ec;
}

void layout_export::write(const blob& content) {
  file_output output{folder_ / layout_blob(content.id())};
  hasher state{content.id().algorithm()};
  const auto read = for_each_piece(content, [&](std::span<const std::byte> bytes) {
    state.update(bytes);
    output.append(bytes);
    return true;
  });
  if (!read)
    throw broken_entry{"the blob " + content.id().to_string() + " cannot be read"};
  if (state.peek() != content.id())
    throw broken_entry{"the blob " + content.id().to_string() + " is damaged"};
  output.finish();
}

} // namespace

transfer_report export_layout(storage_engine& engine, const fs::path& folder,
                              const export_selection& selection,
                              const progress_callback& progress) {
  return naming("image layout", folder, [&] {
    return layout_export{engine, folder, selection, progress}.run();
  });
}

} // namespace gantry::transfer
