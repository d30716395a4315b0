#include "synthesis/image_writer.hpp"

#include "domain/media_type.hpp"

#include <array>
#include <optional>
#include <utility>

namespace gantry::synthesis {

namespace {

/// Smaller layers are made anew in less time than they are looked up.
constexpr std::uint64_t size_to_remember = 16 * 1024;

std::uint64_t first_number(const digest& id) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number |= std::uint64_t{id.bytes()[i]} << (8 * i);
  return number;
}

/// As long as the base64 text of an ECDSA signature, but made of the digest.
std::string signature_text(const digest& payload) {
  return "MEUCIQD" + payload.hex() + "AiA" + payload.hex().substr(0, 22) + "==";
}

} // namespace

layer_recipe image_writer::recipe(std::string_view image, const platform& runs_on,
                                  std::size_t number, std::uint64_t size) const {
  std::string name = std::to_string(seed_);
  for (const auto& each :
       {repository_->to_string(), std::string{image}, runs_on.to_string(), std::to_string(number)})
    name.append("\n").append(each);
  return {first_number(digest::of(name)), size};
}

part image_writer::put_image(const repository_content& content, const std::vector<tag>& tags) {
  const auto& image = tags.front().to_string();
  if (content.platforms.size() == 1)
    return put_platform(content.platforms.front(), content.layers, image, tags);
  std::vector<part> children;
  for (const auto& each : content.platforms) {
    children.push_back(put_platform(each, content.layers, image, {}));
    children.back().runs_on = each;
  }
  return put_index(children, tags);
}

part image_writer::put_platform(const platform& runs_on, const std::vector<std::uint64_t>& layers,
                                const std::string& image, std::vector<tag> tags) {
  std::vector<part> parts;
  std::vector<digest> unpacked;
  for (std::size_t number = 0; number < layers.size(); ++number) {
    const auto made = put_layer(recipe(image, runs_on, number, layers[number]));
    parts.push_back({types::layer, made.id, packed_size(layers[number])});
    unpacked.push_back(made.unpacked);
  }
  const auto config = put_text(media_types::oci_config, render_config(runs_on, unpacked));
  return put_manifest(render_image(config, parts), std::move(tags));
}

part image_writer::put_index(const std::vector<part>& children, std::vector<tag> tags) {
  auto index = put_manifest(render_index(children), std::move(tags));
  index.type = media_types::oci_index;
  return index;
}

layer_facts image_writer::put_layer(const layer_recipe& recipe) {
  const auto found = known_->find(recipe);
  const auto known = found == known_->end() ? std::nullopt : std::optional{found->second};
  auto incoming = known ? writer_->receive_as(known->id) : writer_->receive();
  const auto made = make_layer(
    recipe, [&incoming](auto piece) { incoming.append(piece); }, known);
  if (!known && recipe.size >= size_to_remember)
    known_->emplace(recipe, made);
  writer_->put_blob(*repository_, std::move(incoming));
  return made;
}

part image_writer::put_text(std::string_view type, std::string_view text) {
  writer_->put_blob(*repository_, text);
  return {type, digest::of(text), text.size()};
}

part image_writer::put_manifest(std::string text, std::vector<tag> tags) {
  auto value = manifest::parse(std::move(text), {}).value();
  part made{media_types::oci_manifest, value.id(), value.bytes().size()};
  writer_->put_manifest(*repository_, std::move(value), std::move(tags));
  return made;
}

void image_writer::put_sbom(const part& image, const std::string& name) {
  attachment sbom{types::spdx, put_text(media_types::oci_empty, "{}"),
                  put_text(types::spdx, render_sbom(name, image.id)), image};
  put_manifest(render_attachment(sbom), {});
}

// As cosign stores signatures: with a subject, or under a tag that names the image's digest.
void image_writer::put_signature(const part& image, bool as_referrer) {
  const auto payload = render_signed_payload(*repository_, image.id);
  auto content = put_text(types::simple_signing, payload);
  content.annotations["dev.cosignproject.cosign/signature"] = signature_text(content.id);
  if (as_referrer) {
    attachment signature{types::cosign_signature, put_text(media_types::oci_empty, "{}"),
                         std::move(content), image};
    put_manifest(render_attachment(signature), {});
    return;
  }
  const auto config = put_text(media_types::oci_config, render_config({"", ""}, {content.id}));
  attachment signature{{}, config, std::move(content), {}};
  put_manifest(render_attachment(signature),
               {tag::parse("sha256-" + image.id.hex() + ".sig").value()});
}

} // namespace gantry::synthesis
