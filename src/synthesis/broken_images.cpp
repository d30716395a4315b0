// What image_writer stores on purpose although it is wrong.
#include "domain/media_type.hpp"
#include "synthesis/image_writer.hpp"

#include <optional>
#include <utility>

namespace gantry::synthesis {

namespace {

constexpr std::uint64_t broken_layer_size = 1024;

} // namespace

void image_writer::put_broken(flaw kind, const std::vector<platform>& platforms) {
  auto name = tag::parse(row_of(kind).tag).value();
  switch (kind) {
  case flaw::cyclic_index: return put_cyclic_index(platforms.front(), std::move(name));
  case flaw::missing_child: {
    std::vector<part> children{absent(media_types::oci_manifest, name.to_string())};
    for (std::size_t i = 1; i < platforms.size(); ++i)
      children.push_back(put_platform(platforms[i], {broken_layer_size}, name.to_string(), {}));
    for (std::size_t i = 0; i < platforms.size(); ++i)
      children[i].runs_on = platforms[i];
    put_index(children, {std::move(name)});
    return;
  }
  case flaw::missing_blob:
  case flaw::missing_config:
  case flaw::wrong_bytes:
  case flaw::wrong_size: return put_broken_image(kind, platforms.front(), std::move(name));
  }
}

void image_writer::put_broken_image(flaw kind, const platform& runs_on, tag name) {
  const auto& image = name.to_string();
  const auto from = recipe(image, runs_on, 0, broken_layer_size);
  std::optional<layer_facts> made;
  if (kind == flaw::wrong_bytes)
    made = put_wrong_bytes(from);
  else if (kind == flaw::missing_blob)
    made = make_layer(from, [](auto) {});
  else
    made = put_layer(from);
  const auto size = packed_size(broken_layer_size) + (kind == flaw::wrong_size ? 1 : 0);
  const auto config =
    kind == flaw::missing_config
      ? absent(media_types::oci_config, image)
      : put_text(media_types::oci_config, render_config(runs_on, {made->unpacked}));
  put_manifest(render_image(config, {{types::layer, made->id, size}}), {std::move(name)});
}

/// Stores other bytes under the layer's digest.
layer_facts image_writer::put_wrong_bytes(const layer_recipe& recipe) {
  const auto made = make_layer(recipe, [](auto) {});
  auto incoming = writer_->receive_as(made.id);
  make_layer({recipe.stream + 1, recipe.size}, [&incoming](auto piece) { incoming.append(piece); });
  writer_->put_blob(*repository_, std::move(incoming));
  return made;
}

/// No index can name its own digest, so this one is stored under another digest, which it names.
void image_writer::put_cyclic_index(const platform& runs_on, tag name) {
  auto itself = absent(media_types::oci_index, name.to_string());
  itself.runs_on = runs_on;
  std::string text;
  do {
    itself.size = text.size();
    text = render_index({itself});
  } while (text.size() != itself.size);
  const auto type = media_type::parse(media_types::oci_index).value();
  writer_->put_manifest(*repository_, manifest::accept(std::move(text), type, itself.id),
                        {std::move(name)});
}

/// Describes content that no client ever sees.
part image_writer::absent(std::string_view type, std::string_view what) const {
  const auto text =
    std::to_string(seed_) + " " + repository_->to_string() + " " + std::string{what};
  return {type, digest::of(text), broken_layer_size};
}

} // namespace gantry::synthesis
