#include "bench/workloads/zb_requests.hpp"

#include "bench/answer_checks.hpp"

#include <array>
#include <string>
#include <utility>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

const upload_settings monolith{upload_mode::monolithic};
const upload_settings streamed{upload_mode::streamed};

/// The status of the response must be 200; its body does not matter.
asio::awaitable<bool> get(registry_client& registry, operation step, std::string target) {
  const client::request what{verb::get, target};
  const auto check = [&] { return check_answer(registry.answer(), 200, {}); };
  co_return co_await registry.perform(step, what, client::body_use::drop, check);
}

asio::awaitable<bool> push_config_in_patches(registry_client& registry, const image& what) {
  std::string location;
  const bool opened = co_await registry.open_upload(what.repository, location);
  if (!opened)
    co_return false;
  const std::array parts{client::payload{}, what.config.content()};
  for (const auto& part : parts) {
    const auto target = location;
    client::request patch{verb::patch, target};
    patch.content_type = media_types::octets;
    patch.body = part;
    const auto taken = [&] { return take_location(registry.answer(), target, location); };
    if (!co_await registry.perform(operation::patch_upload, patch, client::body_use::drop, taken))
      co_return false;
  }
  const auto target = client::with_digest(location, what.config.digest);
  const client::request put{verb::put, target};
  const auto stored = [&] { return check_answer(registry.answer(), 201, what.config.digest); };
  if (!co_await registry.perform(operation::finish_upload, put, client::body_use::drop, stored))
    co_return false;
  registry.moved(what.config.size);
  co_return true;
}

} // namespace

asio::awaitable<bool> zb_push(registry_client& registry, const image& what, bool chunked) {
  const auto& layer = what.layers.front();
  if (!co_await registry.upload_blob(what.repository, layer, chunked ? streamed : monolith))
    co_return false;
  if (chunked) {
    if (!co_await push_config_in_patches(registry, what))
      co_return false;
  } else if (!co_await registry.upload_blob(what.repository, what.config, monolith)) {
    co_return false;
  }
  co_return co_await registry.put_manifest(what, what.tag);
}

asio::awaitable<bool> zb_pull(registry_client& registry, const image& what) {
  const bool found = co_await registry.head(what);
  if (!found || !co_await registry.pull_manifest(what))
    co_return false;
  const std::array blobs{&what.config, &what.layers.front()};
  for (const auto* blob : blobs) {
    if (!co_await registry.head_blob(what.repository, *blob))
      co_return false;
    if (!co_await registry.pull_blob(what.repository, *blob, false))
      co_return false;
  }
  co_return true;
}

asio::awaitable<bool> zb_get_catalog(registry_client& registry) {
  auto catalog = registry.targets().catalog();
  co_return co_await get(registry, operation::get_catalog, std::move(catalog));
}

asio::awaitable<bool> zb_erase(registry_client& registry, const image& what) {
  auto tags = registry.targets().tags(what.repository);
  if (!co_await get(registry, operation::get_tags, std::move(tags)))
    co_return false;
  if (!co_await registry.pull_manifest(what) || !co_await registry.erase_manifest(what))
    co_return false;
  if (!co_await registry.erase_blob(what.repository, what.layers.front().digest))
    co_return false;
  co_return co_await registry.erase_blob(what.repository, what.config.digest);
}

} // namespace gantry::bench
