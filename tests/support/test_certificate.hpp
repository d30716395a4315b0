// Certificates for servers in tests.
#pragma once

#include <string>

namespace gantry::test {

/// PEM.
struct certificate {
  std::string text;
  std::string key;
};

/// Self-signed, for names such as `DNS:localhost,IP:127.0.0.1`; valid from two days ago to `days`
/// from now on.
certificate make_certificate(const std::string& names, long days = 1);

} // namespace gantry::test
