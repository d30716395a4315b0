// Clients log in by the certificates that they show on their connections.
#pragma once

#include "api/exchange.hpp"
#include "api/operations.hpp"
#include "http/response.hpp"
#include "net/peer_certificate.hpp"
#include "policy/subject.hpp"

#include <chrono>
#include <optional>

namespace gantry::api {

/// Whether a client can log in at all, by a password or by a certificate.
bool can_log_in(const exchange& ex) noexcept;

/// Who a certificate says its client is: the organisations are its groups, the other names its
/// claims (`dns`, `email`, `uri`, `ou`). Absent if the certificate lacks the name that is the user,
/// has a bad name anywhere, or is not valid any more.
std::optional<policy::subject> subject_of(const net::peer_certificate& shown, certificate_name user,
                                          std::chrono::system_clock::time_point now);

/// Whether the client has shown a certificate that can log it in, or must be refused.
bool shows_certificate(const exchange& ex) noexcept;

/// Logs the client in and notes who it is in `ex.identity`, or returns the response that refuses
/// it. `asked` as for `challenge`. Precondition: `shows_certificate`.
std::optional<http::response> take_certificate(exchange& ex, const api_request* asked);

} // namespace gantry::api
