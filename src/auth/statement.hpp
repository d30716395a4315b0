// What the verified token of an issuer says of a client.
#pragma once

#include "auth/identity.hpp"
#include "auth/issuer.hpp"
#include "jose/claims.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::auth {

using claim_map = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The claims as texts. Members of objects have the name of their object, a dot, and their own
/// (`kubernetes.io.namespace`); what is neither a text, a number, a truth value, nor a list or an
/// object of those is left out, and so are times and the token's number. At most `max_claims`.
claim_map texts_of(const jose::claims& said);
inline constexpr std::size_t max_claims = 64;

/// Who the client is. Absent, with the reason in `why`, if the token does not say what `from` must
/// say.
std::optional<identity> read_statement(const issuer& from, const jose::claims& said,
                                       std::string& why);

} // namespace gantry::auth
