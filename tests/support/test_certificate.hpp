// Certificates for servers and clients in tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gantry::test {

/// PEM.
struct certificate {
  std::string text;
  std::string key;
};

/// Self-signed, for names such as `DNS:localhost,IP:127.0.0.1`; valid from two days ago to `days`
/// from now on.
certificate make_certificate(const std::string& names, long days = 1);

/// What a certificate is to say. Names may hold any bytes.
struct certificate_wishes {
  /// Attributes in their order: `{"O", "team"}, {"CN", "alice"}`.
  std::vector<std::pair<std::string, std::string>> subject = {};
  /// Alternative names, by kind: `DNS`, `email` or `URI`.
  std::vector<std::pair<std::string, std::string>> names = {};
  /// In OpenSSL's words; empty for none.
  std::string usage = "clientAuth";
  bool is_authority = false;
  /// As for `make_certificate`.
  long days = 1;
};

/// Issued by `issuer`, or self-signed if that is null. Names that no encoding of X.509 takes, such
/// as one with a NUL, are encoded all the same.
certificate issue(const certificate_wishes& wishes, const certificate* issuer = nullptr);

/// One that may issue others.
certificate make_authority(const std::string& name, const certificate* issuer = nullptr,
                           long days = 1);

} // namespace gantry::test
