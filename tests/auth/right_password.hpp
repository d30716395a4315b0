// The hash of the password `right`.
#pragma once

#include "auth/bcrypt.hpp"

#include <string>

namespace gantry::test {

inline const std::string hash_of_right = auth::make_bcrypt("right", 4);

} // namespace gantry::test
