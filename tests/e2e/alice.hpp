// The user alice, whose password is `right`.
#pragma once

#include "auth/bcrypt.hpp"
#include "support/http_client.hpp"

#include <string>

namespace gantry::test {

/// Of a file of users.
inline std::string alice_line() {
  return "alice:" + auth::make_bcrypt("right", 4) + "\n";
}

// Basic of `alice:right` and `alice:wrong`.
inline const header_list right{{"Authorization", "Basic YWxpY2U6cmlnaHQ="}};
inline const header_list wrong{{"Authorization", "Basic YWxpY2U6d3Jvbmc="}};

} // namespace gantry::test
