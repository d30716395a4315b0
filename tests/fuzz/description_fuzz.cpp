// The YAML file that describes the content of a registry.
#include "fuzz/fuzz.hpp"
#include "synthesis/description.hpp"

#include <stdexcept>

using namespace gantry;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::input text{data, size};
  try {
    const auto read = synthesis::read_description(text.rest());
    require(!read.repositories.empty());
    require(read.repositories.size() <= synthesis::max_repositories);
    std::size_t tags = 0;
    for (const auto& [name, content] : read.repositories) {
      require(!content.images.empty() || !content.flaws.empty());
      require(!content.platforms.empty() && content.layers.size() <= synthesis::max_layers);
      for (const auto& names : content.images)
        tags += names.size();
    }
    require(tags <= synthesis::max_tags);
    static_cast<void>(read.layer_bytes());
  } catch (const std::invalid_argument&) {
    return 0;
  }
  return 0;
}
