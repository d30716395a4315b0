// Failures of an exchange, and their short names.
#pragma once

#include <boost/system/error_code.hpp>

#include <cerrno>
#include <string>

namespace gantry::client {

using boost::system::error_code;

/// The token server issued no token, so the request was not sent. Uses a system error that no
/// socket reports.
inline const error_code no_token{ENOKEY, boost::system::system_category()};

/// The name of an error in reports: "refused", "reset", "closed", "timed_out", "tls",
/// "bad_response", "body_too_large", "aborted", "no_token", or the message of the system.
std::string name_of(const error_code& ec);

} // namespace gantry::client
