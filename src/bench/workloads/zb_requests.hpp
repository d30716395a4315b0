// The requests of `zb`, in its order.
#pragma once

#include "bench/registry_client.hpp"

namespace gantry::bench {

/// Uploads layer and config without HEAD, then puts the manifest. With `chunked`, each blob goes in
/// a PATCH, and the upload of the config starts with an empty one, as in `zb`.
boost::asio::awaitable<bool> zb_push(registry_client& registry, const image& what, bool chunked);
/// HEAD and GET of manifest, config and layer.
boost::asio::awaitable<bool> zb_pull(registry_client& registry, const image& what);
/// The first page of the catalog.
boost::asio::awaitable<bool> zb_get_catalog(registry_client& registry);
/// GET of tags and manifest, then DELETE of manifest, layer and config.
boost::asio::awaitable<bool> zb_erase(registry_client& registry, const image& what);

} // namespace gantry::bench
