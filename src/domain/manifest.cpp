// Accessors of a parsed manifest. Parsing is in `manifest_parser`.
#include "domain/manifest.hpp"

#include "domain/manifest_parser.hpp"
#include "domain/seen_digests.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace gantry {

namespace json = boost::json;

manifest::manifest(std::string bytes, const digest& id, media_type type, manifest_contents contents)
  : bytes_{std::move(bytes)},
    id_{id},
    type_{std::move(type)},
    reading_{std::make_shared<reading>()} {
  reading_->contents = std::move(contents);
}

result<manifest> manifest::parse(std::string bytes, const std::optional<media_type>& content_type,
                                 digest_algorithm algorithm, docker_config config) {
  manifest_parser parser{std::move(bytes), content_type, algorithm};
  return parser.finish(config);
}

manifest manifest::accept(std::string bytes, const std::optional<media_type>& content_type,
                          const std::optional<digest>& trusted) {
  const auto algorithm = trusted && trusted->algorithm() != digest_algorithm::verbatim
                           ? trusted->algorithm()
                           : digest_algorithm::sha256;
  manifest_parser parser{std::move(bytes), content_type, algorithm};
  return parser.accept(trusted);
}

manifest manifest::stored(std::string bytes, const digest& id, media_type type) {
  manifest unread{std::move(bytes), id, std::move(type), {}};
  unread.is_stored_ = true;
  return unread;
}

void manifest::read_once() const {
  std::call_once(reading_->once, [this] { reading_->contents = read_contents(bytes_, type_); });
}

bool manifest::lacks_config() const {
  return kind() == manifest_kind::image && type_ == media_types::docker_manifest && !config();
}

std::vector<descriptor> manifest::required_blobs() const {
  std::vector<descriptor> required;
  seen_digests seen;
  if (config() && seen.insert(config()->target))
    required.push_back(*config());
  for (const descriptor& layer : layers()) {
    if (!is_nondistributable_layer(layer.media_type) && seen.insert(layer.target))
      required.push_back(layer);
  }
  return required;
}

std::string manifest::referrer_entry() const {
  std::string text = R"({"mediaType":)" + json::serialize(json::string_view{type_.to_string()}) +
                     R"(,"digest":)" + json::serialize(json::string_view{id_.to_string()}) +
                     R"(,"size":)" + std::to_string(bytes_.size());
  if (!artifact_type().empty())
    text += R"(,"artifactType":)" + json::serialize(json::string_view{artifact_type()});
  if (!annotations().empty())
    text += R"(,"annotations":)" + annotations();
  return text + '}';
}

} // namespace gantry
