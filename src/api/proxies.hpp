// What trusted proxies say about a client. Nothing that a client itself sends is believed.
#pragma once

#include "api/exchange.hpp"

#include <string>
#include <string_view>

namespace gantry::api {

/// If the request came through a proxy of `options::trusted_proxies`, notes where it came from
/// (X-Forwarded-For or Forwarded, RFC 7239) in `ex.client`: the nearest address that is not a
/// trusted proxy itself.
void look_behind_proxies(exchange& ex);

/// The client's address without its port; `unix` if it has none.
std::string client_address(const exchange& ex);

/// The client's address for logs: with its port, unless a proxy stands between.
std::string_view client_name(const exchange& ex) noexcept;

/// `https` if the connection speaks TLS, else `http`.
std::string_view own_scheme(const exchange& ex) noexcept;
/// `https` or `http`: how the client reached the registry, or the trusted proxy before it.
std::string_view scheme_of(const exchange& ex);
/// The name under which the client knows the registry: `registry.example:4775`, from a trusted
/// proxy (X-Forwarded-Host, Forwarded) or Host; malformed ones are ignored.
std::string_view host_of(const exchange& ex);

} // namespace gantry::api
