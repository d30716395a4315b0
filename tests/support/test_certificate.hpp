// Certificates for servers in tests.
#pragma once

#include <string>

namespace gantry::test {

/// PEM.
struct certificate {
  std::string text;
  std::string key;
};

/// Self-signed and valid now, for names such as `DNS:localhost,IP:127.0.0.1`.
certificate make_certificate(const std::string& names);

} // namespace gantry::test
