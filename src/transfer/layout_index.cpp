#include "transfer/layout_index.hpp"

#include "domain/strict_json.hpp"
#include "transfer/failure.hpp"
#include "transfer/file_output.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

namespace gantry::transfer {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view name_annotation = "org.opencontainers.image.ref.name";
constexpr std::string_view layout_version = "1.0.0";

/// JSON nesting; documents of a layout have less.
constexpr std::size_t index_depth = 64;

/// The member if it is a string; otherwise empty.
std::string text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}

/// The members to parse of an index; others take no memory.
constexpr std::array<std::string_view, 7> index_members{
  "imageLayoutVersion", "manifests", "mediaType", "digest", "size", "annotations", name_annotation};

json::object read_object(const source_folder& folder, const char* name) {
  const auto text = folder.read(name);
  if (!text)
    refuse("there is no file " + std::string{name});
  auto object = parse_object(*text, index_depth, index_members);
  if (!object)
    refuse("the file " + std::string{name} + " is not a JSON object: " + object.error().detail);
  return std::move(*object);
}

/// Throws broken_entry.
layout_entry parse_entry(const json::value& value) {
  const auto* object = value.if_object();
  if (!object)
    leave_out("index.json: an entry of manifests is not an object");
  const auto text = text_member(*object, "digest");
  const auto target = digest::parse(text);
  if (!target)
    leave_out("index.json: '" + text + "' is not a digest");
  const auto* size = object->if_contains("size");
  boost::system::error_code ec;
  const auto bytes = size ? size->to_number<std::uint64_t>(ec) : 0;
  if (!size || ec)
    leave_out("index.json: " + text + " has no size");
  layout_entry entry{descriptor{text_member(*object, "mediaType"), *target, bytes}, {}};
  if (const auto* notes = object->if_contains("annotations"); notes && notes->is_object())
    entry.name = text_member(notes->as_object(), name_annotation);
  return entry;
}

json::object render_entry(const layout_entry& entry) {
  json::object rendered{{"mediaType", entry.content.media_type},
                        {"digest", entry.content.target.to_string()},
                        {"size", entry.content.size}};
  if (!entry.name.empty())
    rendered["annotations"] = json::object{{name_annotation, entry.name}};
  return rendered;
}

} // namespace

std::vector<layout_entry> read_index(const source_folder& folder,
                                     const std::function<void(const std::string&)>& broken) {
  if (text_member(read_object(folder, "oci-layout"), "imageLayoutVersion") != layout_version)
    refuse("oci-layout: imageLayoutVersion is not 1.0.0");
  const auto index = read_object(folder, "index.json");
  const auto* manifests = index.if_contains("manifests");
  if (!manifests || !manifests->is_array())
    refuse("index.json: there is no list of manifests");
  std::vector<layout_entry> entries;
  for (const auto& each : manifests->as_array()) {
    try {
      entries.push_back(parse_entry(each));
    } catch (const broken_entry& reason) {
      broken(reason.what());
    }
  }
  return entries;
}

void write_index(const fs::path& folder, const std::vector<layout_entry>& entries) {
  json::array manifests;
  std::ranges::transform(entries, std::back_inserter(manifests), render_entry);
  write_document(folder / "index.json",
                 json::serialize(json::object{{"schemaVersion", 2},
                                              {"mediaType", media_types::oci_index},
                                              {"manifests", std::move(manifests)}}));
  write_document(folder / "oci-layout",
                 json::serialize(json::object{{"imageLayoutVersion", layout_version}}));
}

fs::path layout_blob(const digest& id) {
  return fs::path{"blobs"} / to_string(id.algorithm()) / id.hex();
}

void write_document(const fs::path& file, std::string_view content) {
  file_output output{file};
  output.append(std::as_bytes(std::span{content}));
  output.finish();
}

std::optional<media_type> guess_type(const std::string& document) {
  const auto parsed = parse_object(document, index_depth, index_members);
  if (!parsed)
    return std::nullopt;
  const auto& object = *parsed;
  auto declared = text_member(object, "mediaType");
  if (declared.empty())
    declared = object.contains("manifests") ? media_types::oci_index : media_types::oci_manifest;
  auto type = media_type::parse(declared);
  return type ? std::optional{std::move(*type)} : std::nullopt;
}

} // namespace gantry::transfer
