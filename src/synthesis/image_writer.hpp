// Stores the images of one repository.
#pragma once

#include "synthesis/description.hpp"
#include "synthesis/documents.hpp"
#include "synthesis/layer.hpp"
#include "transfer/content_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::synthesis {

/// Everything that it makes depends only on the seed, the repository, and the image's first tag.
/// So images do not change if others are added. Not thread-safe; throws as content_writer does.
class image_writer {
public:
  /// `known` has the facts of large layers, and gets more.
  image_writer(transfer::content_writer& writer, const repository_name& repository,
               std::uint64_t seed, std::map<layer_recipe, layer_facts>& known)
    : writer_{&writer}, repository_{&repository}, seed_{seed}, known_{&known} {}

  /// An image of one platform, or an index of several. Returns its descriptor.
  part put_image(const repository_content& content, const std::vector<tag>& tags);
  void put_sbom(const part& image, const std::string& name);
  void put_signature(const part& image, bool as_referrer);
  void put_broken(flaw kind, const std::vector<platform>& platforms);

private:
  layer_recipe recipe(std::string_view image, const platform& runs_on, std::size_t number,
                      std::uint64_t size) const;
  part put_platform(const platform& runs_on, const std::vector<std::uint64_t>& layers,
                    const std::string& image, std::vector<tag> tags);
  part put_index(const std::vector<part>& children, std::vector<tag> tags);
  layer_facts put_layer(const layer_recipe& recipe);
  part put_text(std::string_view type, std::string_view text);
  part put_manifest(std::string text, std::vector<tag> tags);

  void put_broken_image(flaw kind, const platform& runs_on, tag name);
  void put_cyclic_index(const platform& runs_on, tag name);
  layer_facts put_wrong_bytes(const layer_recipe& recipe);
  part absent(std::string_view type, std::string_view what) const;

  transfer::content_writer* writer_;
  const repository_name* repository_;
  std::uint64_t seed_;
  std::map<layer_recipe, layer_facts>* known_;
};

} // namespace gantry::synthesis
