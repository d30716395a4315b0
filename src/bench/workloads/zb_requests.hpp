// The requests of `zb`, in the order in which it makes them.
#pragma once

#include "bench/registry_client.hpp"

namespace gantry::bench {

/// Layer and config without asking for them first, then the manifest. With `chunked`, bytes go in a
/// PATCH each, and the config's upload begins with a PATCH of nothing, as there.
boost::asio::awaitable<bool> zb_push(registry_client& registry, const image& what, bool chunked);
/// HEAD and GET of manifest, config and layer.
boost::asio::awaitable<bool> zb_pull(registry_client& registry, const image& what);
/// The first page of the catalog.
boost::asio::awaitable<bool> zb_get_catalog(registry_client& registry);
/// Asks for the tags and the manifest, and deletes manifest, layer and config.
boost::asio::awaitable<bool> zb_erase(registry_client& registry, const image& what);

} // namespace gantry::bench
