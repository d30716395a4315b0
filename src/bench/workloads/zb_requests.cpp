#include "bench/workloads/zb_requests.hpp"

#include "bench/answer_checks.hpp"
#include "bench/registry_url.hpp"

#include <array>
#include <string>
#include <utility>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

const upload_settings monolith{upload_mode::monolithic};
const upload_settings streamed{upload_mode::streamed};

/// The answer matters, and nothing of what is in it.
asio::awaitable<bool> get(registry_client& client, operation step, std::string target) {
  const request what{verb::get, target};
  const auto check = [&] { return check_answer(client.answer(), 200, {}); };
  co_return co_await client.perform(step, what, body_use::drop, check);
}

asio::awaitable<bool> push_config_in_patches(registry_client& client, const image& what) {
  std::string location;
  const bool opened = co_await client.open_upload(what.repository, location);
  if (!opened)
    co_return false;
  const std::array parts{payload{}, what.config.content()};
  for (const auto& part : parts) {
    const auto target = location;
    request patch{verb::patch, target};
    patch.content_type = media_types::octets;
    patch.body = part;
    const auto taken = [&] { return take_location(client.answer(), target, location); };
    if (!co_await client.perform(operation::patch_upload, patch, body_use::drop, taken))
      co_return false;
  }
  const auto target = with_digest(location, what.config.digest);
  const request put{verb::put, target};
  const auto stored = [&] { return check_answer(client.answer(), 201, what.config.digest); };
  if (!co_await client.perform(operation::finish_upload, put, body_use::drop, stored))
    co_return false;
  client.moved(what.config.size);
  co_return true;
}

} // namespace

asio::awaitable<bool> zb_push(registry_client& client, const image& what, bool chunked) {
  const auto& layer = what.layers.front();
  if (!co_await client.upload_blob(what.repository, layer, chunked ? streamed : monolith))
    co_return false;
  if (chunked) {
    if (!co_await push_config_in_patches(client, what))
      co_return false;
  } else if (!co_await client.upload_blob(what.repository, what.config, monolith)) {
    co_return false;
  }
  co_return co_await client.put_manifest(what, what.tag);
}

asio::awaitable<bool> zb_pull(registry_client& client, const image& what) {
  const bool found = co_await client.head(what);
  if (!found || !co_await client.pull_manifest(what))
    co_return false;
  const std::array blobs{&what.config, &what.layers.front()};
  for (const auto* blob : blobs) {
    if (!co_await client.head_blob(what.repository, *blob))
      co_return false;
    if (!co_await client.pull_blob(what.repository, *blob, false))
      co_return false;
  }
  co_return true;
}

asio::awaitable<bool> zb_get_catalog(registry_client& client) {
  auto catalog = client.root() + "_catalog";
  co_return co_await get(client, operation::get_catalog, std::move(catalog));
}

asio::awaitable<bool> zb_erase(registry_client& client, const image& what) {
  auto tags = client.root() + what.repository + "/tags/list";
  if (!co_await get(client, operation::get_tags, std::move(tags)))
    co_return false;
  if (!co_await client.pull_manifest(what) || !co_await client.erase_manifest(what))
    co_return false;
  if (!co_await client.erase_blob(what.repository, what.layers.front().digest))
    co_return false;
  co_return co_await client.erase_blob(what.repository, what.config.digest);
}

} // namespace gantry::bench
