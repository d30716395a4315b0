// What servers of several tests answer, and how their clients are set.
#pragma once

#include "client/connection.hpp"

#include <chrono>
#include <string>

namespace gantry::test {

inline const client::connection_settings patient_settings{std::chrono::seconds{20}, "test"};
inline const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

} // namespace gantry::test
