#include "synthesis/documents.hpp"

#include "domain/media_type.hpp"

namespace gantry::synthesis {

namespace json = boost::json;

namespace {

/// Times are part of the bytes, so they are always the same.
constexpr std::string_view created = "2000-01-01T00:00:00Z";

json::object to_json(const platform& runs_on) {
  json::object object{{"architecture", runs_on.architecture}, {"os", runs_on.os}};
  if (!runs_on.variant.empty())
    object["variant"] = runs_on.variant;
  return object;
}

json::object to_json(const part& described) {
  json::object object{
    {"mediaType", described.type}, {"digest", described.id.to_string()}, {"size", described.size}};
  if (described.runs_on)
    object["platform"] = to_json(*described.runs_on);
  if (!described.annotations.empty())
    object["annotations"] = described.annotations;
  return object;
}

json::array to_json(const std::vector<part>& all) {
  json::array array;
  for (const auto& each : all)
    array.push_back(to_json(each));
  return array;
}

} // namespace

std::string render_config(const platform& runs_on, const std::vector<digest>& layers) {
  json::array ids;
  json::array history;
  for (const auto& id : layers) {
    ids.emplace_back(id.to_string());
    history.push_back(json::object{{"created", created}, {"created_by", "gantry"}});
  }
  auto config = to_json(runs_on);
  config["created"] = created;
  config["config"] = json::object{};
  config["rootfs"] = json::object{{"type", "layers"}, {"diff_ids", std::move(ids)}};
  config["history"] = std::move(history);
  return json::serialize(config);
}

std::string render_image(const part& config, const std::vector<part>& layers) {
  return json::serialize(json::object{{"schemaVersion", 2},
                                      {"mediaType", media_types::oci_manifest},
                                      {"config", to_json(config)},
                                      {"layers", to_json(layers)}});
}

std::string render_index(const std::vector<part>& children) {
  return json::serialize(json::object{
    {"schemaVersion", 2}, {"mediaType", media_types::oci_index}, {"manifests", to_json(children)}});
}

std::string render_attachment(const attachment& from) {
  json::object manifest{{"schemaVersion", 2}, {"mediaType", media_types::oci_manifest}};
  if (!from.artifact_type.empty())
    manifest["artifactType"] = from.artifact_type;
  manifest["config"] = to_json(from.config);
  manifest["layers"] = json::array{to_json(from.content)};
  if (from.subject)
    manifest["subject"] = to_json(*from.subject);
  return json::serialize(manifest);
}

std::string render_sbom(std::string_view name, const digest& image) {
  return json::serialize(json::object{
    {"spdxVersion", "SPDX-2.3"},
    {"dataLicense", "CC0-1.0"},
    {"SPDXID", "SPDXRef-DOCUMENT"},
    {"name", name},
    {"documentNamespace", "https://gantry.invalid/spdx/" + image.hex()},
    {"creationInfo", {{"created", created}, {"creators", json::array{"Tool: gantry"}}}},
    {"documentDescribes", json::array{"SPDXRef-Image"}},
    {"packages", json::array{json::object{
                   {"SPDXID", "SPDXRef-Image"},
                   {"name", name},
                   {"versionInfo", image.to_string()},
                   {"downloadLocation", "NOASSERTION"},
                   {"filesAnalyzed", false},
                 }}},
  });
}

std::string render_signed_payload(const repository_name& repository, const digest& image) {
  return json::serialize(
    json::object{{"critical",
                  {{"identity", {{"docker-reference", repository.to_string()}}},
                   {"image", {{"docker-manifest-digest", image.to_string()}}},
                   {"type", "cosign container image signature"}}},
                 {"optional", nullptr}});
}

} // namespace gantry::synthesis
