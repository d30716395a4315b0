// The passwords that `docker login` and `podman login` keep.
#pragma once

#include "client/access_rules.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::copying {

/// The value of a variable of the environment; empty if it is unset.
using variable_finder = std::function<std::string(const char* name)>;

/// In the environment of this process.
std::string variable_of_process(const char* name);

/// What the files hold for `host`, `HOST[:PORT]`: the first of $REGISTRY_AUTH_FILE,
/// $DOCKER_CONFIG/config.json, ~/.docker/config.json and $XDG_RUNTIME_DIR/containers/auth.json that
/// has an entry. Empty if none has. Throws std::runtime_error if an entry holds no password, or
/// $REGISTRY_AUTH_FILE cannot be read.
std::optional<client::credentials> find_credentials(const std::string& host,
                                                    const variable_finder& variable);

/// The entry in the text of such a file. Throws std::runtime_error, without a path.
std::optional<client::credentials> read_credentials(std::string_view text, std::string_view host);

} // namespace gantry::copying
