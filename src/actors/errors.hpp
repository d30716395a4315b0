// The one bridge between this project's errors and CAF's.
#pragma once

#include "domain/error.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/make_message.hpp>
#include <caf/result.hpp>

#include <utility>

namespace gantry {

/// Keeps code, detail and further details.
caf::error to_caf(error failure);

/// What `to_caf` made comes back whole. CAF's own: a request that ran out of time becomes
/// `timed_out`, one whose receiver is gone `unavailable`, any other `internal`; their texts are
/// dropped, for they are not meant for clients.
error from_caf(const caf::error& failure);

/// Whether the request never reached its receiver, so that it may be sent again to a new one.
bool is_receiver_gone(const caf::error& failure);

template <class T>
caf::result<T> to_caf(result<T> outcome) {
  if (outcome)
    return std::move(*outcome);
  return to_caf(std::move(outcome).error());
}

template <class T>
result<T> from_caf(caf::expected<T> outcome) {
  if (outcome)
    return std::move(*outcome);
  return from_caf(outcome.error());
}

} // namespace gantry
