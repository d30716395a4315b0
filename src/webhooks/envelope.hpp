// Changes as an endpoint reads them.
#pragma once

#include "domain/changes.hpp"
#include "domain/time_point.hpp"
#include "watch/event_id.hpp"
#include "webhooks/endpoint.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::webhooks {

/// The registry that tells of its changes.
struct event_source {
  /// Scheme, host and prefix, without a slash at the end.
  std::string url = {};
  /// Its host, with the port if that has to be said.
  std::string host = {};
  /// The address that it is bound to.
  std::string address = {};
  /// Differs after each start.
  std::string instance = {};
  /// Those of the watch, so that a client of both sees the same ones.
  watch::event_ids ids{};
};

struct message {
  std::string_view content_type = {};
  std::string body = {};
};

/// In the order of the changes.
message render(format written_as, const std::vector<logged_change>& changes,
               const event_source& from);

/// An event that says only that the endpoint is reached. `id` is unique.
message render_test(format written_as, std::string_view id, time_point now,
                    const event_source& from);

} // namespace gantry::webhooks
