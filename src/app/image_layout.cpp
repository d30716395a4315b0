#include "app/image_layout.hpp"

#include "app/content_writer.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace gantry::app {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view name_annotation = "org.opencontainers.image.ref.name";
/// Index and manifests are read whole.
constexpr std::uintmax_t max_document = 4 * 1024 * 1024;

/// An entry of `index.json`.
struct layout_entry {
  descriptor content;
  /// Empty where there is none.
  std::string name;
};

/// The repository and tag that an entry asks for.
struct destination {
  repository_name repository;
  tag label;
};

[[noreturn]] void refuse(const std::string& reason) {
  throw std::runtime_error{reason};
}

std::string read_document(const fs::path& file) {
  const auto name = file.filename().string();
  std::error_code ec;
  const auto size = fs::file_size(file, ec);
  if (ec)
    refuse("there is no file " + name);
  if (size > max_document)
    refuse("the file " + name + " has more than " + std::to_string(max_document) + " bytes");
  std::string text(size, '\0');
  std::ifstream stream{file, std::ios::binary};
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    refuse("the file " + name + " cannot be read");
  return text;
}

json::object read_object(const fs::path& file) {
  boost::system::error_code ec;
  auto value = json::parse(read_document(file), ec);
  if (ec || !value.is_object())
    refuse("the file " + file.filename().string() + " is no JSON object");
  return std::move(value.as_object());
}

std::string text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}

layout_entry parse_entry(const json::value& value) {
  const auto* object = value.if_object();
  if (!object)
    refuse("index.json: an entry of manifests is no object");
  const auto text = text_member(*object, "digest");
  const auto target = digest::parse(text);
  if (!target)
    refuse("index.json: '" + text + "' is no digest");
  const auto* size = object->if_contains("size");
  boost::system::error_code ec;
  const auto bytes = size ? size->to_number<std::uint64_t>(ec) : 0;
  if (!size || ec)
    refuse("index.json: " + text + " has no size");
  layout_entry entry{descriptor{text_member(*object, "mediaType"), *target, bytes}, {}};
  if (const auto* notes = object->if_contains("annotations"); notes && notes->is_object())
    entry.name = text_member(notes->as_object(), name_annotation);
  return entry;
}

std::vector<layout_entry> read_index(const fs::path& folder) {
  if (text_member(read_object(folder / "oci-layout"), "imageLayoutVersion") != "1.0.0")
    refuse("oci-layout: imageLayoutVersion is not 1.0.0");
  const auto index = read_object(folder / "index.json");
  const auto* manifests = index.if_contains("manifests");
  if (!manifests || !manifests->is_array())
    refuse("index.json: there is no list of manifests");
  std::vector<layout_entry> entries;
  std::ranges::transform(manifests->as_array(), std::back_inserter(entries), parse_entry);
  return entries;
}

class layout_import {
public:
  layout_import(storage_engine& engine, fs::path folder)
    : engine_{engine}, folder_{std::move(folder)} {}

  void run();

private:
  manifest read_manifest(const descriptor& content) const;
  void put_named(const layout_entry& entry);
  void put_unnamed(std::vector<manifest> rest);
  bool put_next_to_subject(const manifest& value);
  void put_manifest(const repository_name& repository, manifest value, std::vector<tag> tags);
  void put_child(const repository_name& repository, const descriptor& child);
  void put_blob(const repository_name& repository, const descriptor& blob);

  destination destination_of(const std::string& name) const;
  repository_name folder_repository() const;
  fs::path file_of(const digest& id) const;

  storage_engine& engine_;
  fs::path folder_;
  /// Where each manifest went.
  std::map<digest, std::set<repository_name>> homes_;
};

void layout_import::run() {
  std::vector<manifest> unnamed;
  for (const auto& entry : read_index(folder_)) {
    if (entry.name.empty())
      unnamed.push_back(read_manifest(entry.content));
    else
      put_named(entry);
  }
  put_unnamed(std::move(unnamed));
}

void layout_import::put_named(const layout_entry& entry) {
  auto [repository, label] = destination_of(entry.name);
  put_manifest(repository, read_manifest(entry.content), {std::move(label)});
}

// A referrer may itself be the subject of another one, so this goes on for as long as a subject
// turns up; one that has none among them makes a start.
void layout_import::put_unnamed(std::vector<manifest> rest) {
  while (!rest.empty()) {
    if (std::erase_if(rest, [this](const auto& value) { return put_next_to_subject(value); }) > 0)
      continue;
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
  for (const auto& needed : value.required_blobs())
    put_blob(repository, needed);
  for (const auto& child : value.children())
    put_child(repository, child);
  homes_[value.id()].insert(repository);
  content_writer{engine_, repository}.put_manifest(std::move(value), std::move(tags));
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
  std::ifstream content{file_of(blob.target), std::ios::binary};
  if (!content)
    refuse("there is no blob " + blob.target.to_string());
  content_writer{engine_, repository}.put_blob(blob, content);
}

manifest layout_import::read_manifest(const descriptor& content) const {
  const auto id = content.target.to_string();
  const auto file = file_of(content.target);
  if (!fs::exists(file))
    refuse("there is no blob " + id);
  std::optional<media_type> type;
  if (auto parsed = media_type::parse(content.media_type))
    type = std::move(*parsed);
  auto value = manifest::parse(read_document(file), type, content.target.algorithm());
  if (!value)
    refuse("blob " + id + " is no manifest: " + value.error().detail);
  if (value->id() != content.target)
    refuse("blob " + id + " has the digest " + value->id().to_string());
  return std::move(*value);
}

destination layout_import::destination_of(const std::string& name) const {
  const auto colon = name.rfind(':');
  const bool has_repository = colon != std::string::npos;
  auto label = tag::parse(has_repository ? name.substr(colon + 1) : name);
  if (!label)
    refuse("index.json: '" + name + "' is neither a tag nor repository:tag");
  if (!has_repository)
    return {folder_repository(), std::move(*label)};
  auto repository = repository_name::parse(name.substr(0, colon));
  if (!repository)
    refuse("index.json: '" + name + "' does not begin with the name of a repository");
  return {std::move(*repository), std::move(*label)};
}

repository_name layout_import::folder_repository() const {
  const auto base = fs::canonical(folder_).filename().string();
  auto name = repository_name::parse(boost::algorithm::to_lower_copy(base));
  if (!name)
    refuse("index.json: an image has no repository in its name, and '" + base +
           "', the name of the folder, cannot be one");
  return std::move(*name);
}

fs::path layout_import::file_of(const digest& id) const {
  return folder_ / "blobs" / to_string(id.algorithm()) / id.hex();
}

} // namespace

void import_layout(storage_engine& engine, const fs::path& folder) {
  try {
    layout_import{engine, folder}.run();
  } catch (const std::exception& failure) {
    throw std::runtime_error{"image layout " + folder.string() + ": " + failure.what()};
  }
}

} // namespace gantry::app
