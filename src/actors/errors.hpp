// Converts between this project's errors and CAF's.
#pragma once

#include "domain/error.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/make_message.hpp>
#include <caf/result.hpp>

#include <utility>

namespace gantry {

/// Keeps the code, the detail and the further details.
caf::error to_caf(error failure);

/// Restores an error from `to_caf` completely. CAF's own errors: a timed-out request becomes
/// `timed_out`, one whose receiver is gone `unavailable`, any other `internal`. Their texts are
/// dropped because they are not meant for clients.
error from_caf(const caf::error& failure);

/// Whether the request never reached its receiver, so that it is safe to resend it to a new one.
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
