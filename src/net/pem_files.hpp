// Reads certificates and keys from PEM files.
#pragma once

#include "base/openssl_handle.hpp"
#include "net/tls_options.hpp"

#include <openssl/ssl.h>

#include <string>
#include <vector>

namespace gantry::net {

/// Has `context` use the certificate and its key. Throws std::runtime_error, with the name of the
/// file and one line that says what is wrong.
void use_files(SSL_CTX* context, const certificate_files& files);

/// The certificates in a file of authorities, at least one. Throws std::runtime_error as above,
/// also if one of them is not that of an authority, or if the file holds revocation lists, which
/// would have no effect.
std::vector<openssl_handle<X509, ::X509_free>> read_authorities(const std::string& file);

/// `2026-11-29`, in UTC.
std::string date_of(const ASN1_TIME* time);

} // namespace gantry::net
