// The handlers: one for each alternative of `api_request`, one file a resource. A handler reads
// headers, asks actors, and builds the answer; it never touches the socket but through the
// exchange.
#pragma once

#include "http/api_request.hpp"
#include "http/exchange.hpp"
#include "http/response.hpp"

#include <boost/asio/awaitable.hpp>

namespace gantry::http {

using answer = boost::asio::awaitable<response>;

// system.cpp
answer handle(exchange& ex, api::root);
answer handle(exchange& ex, api::health);
answer handle(exchange& ex, api::ready);
answer handle(exchange& ex, api::base);
answer handle(exchange& ex, api::options request);
answer handle(exchange& ex, api::reset);
answer handle(exchange& ex, api::emulator_repositories);

// maintenance.cpp
answer handle(exchange& ex, api::collect_garbage request);
answer handle(exchange& ex, api::collection_status);

// lists.cpp
answer handle(exchange& ex, api::list_repositories request);
answer handle(exchange& ex, api::list_tags request);
answer handle(exchange& ex, api::list_referrers request);

// blobs.cpp
answer handle(exchange& ex, api::open_blob request);
answer handle(exchange& ex, api::delete_blob request);

// uploads.cpp
answer handle(exchange& ex, api::start_upload request);
answer handle(exchange& ex, api::upload_status request);
answer handle(exchange& ex, api::append_upload request);
answer handle(exchange& ex, api::finish_upload request);
answer handle(exchange& ex, api::cancel_upload request);

// manifests.cpp
answer handle(exchange& ex, api::open_manifest request);
answer handle(exchange& ex, api::put_manifest request);
answer handle(exchange& ex, api::delete_manifest request);

} // namespace gantry::http
