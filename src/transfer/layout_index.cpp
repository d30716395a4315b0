#include "transfer/layout_index.hpp"

#include "transfer/failure.hpp"
#include "transfer/file_output.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace gantry::transfer {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view name_annotation = "org.opencontainers.image.ref.name";
constexpr std::string_view layout_version = "1.0.0";

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

json::object render_entry(const layout_entry& entry) {
  json::object rendered{{"mediaType", entry.content.media_type},
                        {"digest", entry.content.target.to_string()},
                        {"size", entry.content.size}};
  if (!entry.name.empty())
    rendered["annotations"] = json::object{{name_annotation, entry.name}};
  return rendered;
}

} // namespace

std::vector<layout_entry> read_index(const fs::path& folder) {
  if (text_member(read_object(folder / "oci-layout"), "imageLayoutVersion") != layout_version)
    refuse("oci-layout: imageLayoutVersion is not 1.0.0");
  const auto index = read_object(folder / "index.json");
  const auto* manifests = index.if_contains("manifests");
  if (!manifests || !manifests->is_array())
    refuse("index.json: there is no list of manifests");
  std::vector<layout_entry> entries;
  std::ranges::transform(manifests->as_array(), std::back_inserter(entries), parse_entry);
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

fs::path layout_blob(const fs::path& folder, const digest& id) {
  return folder / "blobs" / to_string(id.algorithm()) / id.hex();
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

void write_document(const fs::path& file, std::string_view content) {
  file_output output{file};
  output.append(std::as_bytes(std::span{content}));
  output.finish();
}

std::string text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}

std::optional<media_type> guess_type(const std::string& document) {
  boost::system::error_code ec;
  const auto value = json::parse(document, ec);
  if (ec || !value.is_object())
    return std::nullopt;
  const auto& object = value.as_object();
  auto declared = text_member(object, "mediaType");
  if (declared.empty())
    declared = object.contains("manifests") ? media_types::oci_index : media_types::oci_manifest;
  auto type = media_type::parse(declared);
  return type ? std::optional{std::move(*type)} : std::nullopt;
}

} // namespace gantry::transfer
