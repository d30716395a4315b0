// The handlers: one for each alternative of `api_request`, one file per resource. A handler reads
// headers, asks actors, and builds the answer; it touches the socket only through the exchange.
#pragma once

#include "api/api_request.hpp"
#include "api/exchange.hpp"
#include "api/responses.hpp"

#include <boost/asio/awaitable.hpp>

namespace gantry::api {

using answer = boost::asio::awaitable<response>;

// system.cpp
answer handle(exchange& ex, root);
answer handle(exchange& ex, health);
answer handle(exchange& ex, ready);
answer handle(exchange& ex, base);
answer handle(exchange& ex, list_methods request);
answer handle(exchange& ex, reset);
answer handle(exchange& ex, emulator_repositories);

// maintenance.cpp
answer handle(exchange& ex, collect_garbage request);
answer handle(exchange& ex, gc_status);

// lists.cpp
answer handle(exchange& ex, list_repositories request);
answer handle(exchange& ex, list_tags request);
answer handle(exchange& ex, list_referrers request);

// blobs.cpp
answer handle(exchange& ex, get_blob request);
answer handle(exchange& ex, delete_blob request);

// uploads.cpp
answer handle(exchange& ex, start_upload request);
answer handle(exchange& ex, upload_status request);
answer handle(exchange& ex, append_upload request);
answer handle(exchange& ex, finish_upload request);
answer handle(exchange& ex, cancel_upload request);

// manifests.cpp
answer handle(exchange& ex, get_manifest request);
answer handle(exchange& ex, put_manifest request);
answer handle(exchange& ex, delete_manifest request);

} // namespace gantry::api
