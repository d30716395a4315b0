// The modes of the server: read-only, without deletes, and who may steer it.
#pragma once

#include "api/operations.hpp"
#include "api/options.hpp"
#include "domain/error.hpp"
#include "net/transport.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::api {

/// Why the server's mode forbids the operation; absent if it does not.
std::optional<errc> refuse_by_mode(const operation& asked, const options& mode);

/// Whether a client with this address, with or without a port, may use operations that steer the
/// registry. One that came through a proxy of the PROXY protocol is never on this machine, whatever
/// its address is: the proxy may not know it.
bool may_steer(std::string_view remote, net::relay relayed, const options& mode) noexcept;

/// The methods of a route that the mode allows, in the format of `methods_of`.
std::string methods_in_mode(const route& where, const options& mode);

} // namespace gantry::api
