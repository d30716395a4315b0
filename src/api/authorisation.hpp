// Whether a client may do what it asks for, by the policy.
#pragma once

#include "api/exchange.hpp"
#include "api/operations.hpp"
#include "domain/digest.hpp"
#include "domain/repository_name.hpp"
#include "http/response.hpp"

#include <optional>
#include <string_view>

namespace gantry::api {

/// The response that refuses the request; absent if the client may. `asked` is null for a request
/// that names no operation, which takes an administrator. Nothing of the content is looked at: what
/// is forbidden and what is absent look alike to those who may not read. Notes in `ex.rights` what
/// the client may do. Without a policy all may do everything that their tokens allow.
std::optional<http::response> authorise(exchange& ex, const api_request* asked);

/// 401: asks for a password or a token (see `auth::asked_for`), or for a certificate if there are
/// neither. `reason`
/// is the `error` of RFC 6750 for a token that came; empty for none.
http::response challenge(const exchange& ex, const api_request* asked,
                         std::string_view reason = {});

/// Whether the client may read there.
bool may_pull(const exchange& ex, const repository_name& repository);
/// Whether it may read in every repository.
bool may_pull_everywhere(const exchange& ex);

} // namespace gantry::api
