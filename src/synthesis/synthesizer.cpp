#include "synthesis/synthesizer.hpp"

#include "synthesis/image_writer.hpp"
#include "transfer/content_writer.hpp"

namespace gantry::synthesis {

void synthesizer::store(storage_engine& engine) {
  transfer::content_writer writer{engine};
  for (const auto& [name, content] : description_.repositories) {
    image_writer images{writer, name, description_.seed, known_};
    for (const auto& tags : content.images) {
      const auto image = images.put_image(content, tags);
      if (content.sboms)
        images.put_sbom(image, name.to_string() + ':' + tags.front().to_string());
      if (content.signature_referrers)
        images.put_signature(image, true);
      if (content.signature_tags)
        images.put_signature(image, false);
    }
    for (const auto kind : content.flaws)
      images.put_broken(kind, content.platforms);
  }
}

} // namespace gantry::synthesis
