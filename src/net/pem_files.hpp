// Reads certificates and keys from PEM files.
#pragma once

#include "net/tls_options.hpp"

#include <openssl/ssl.h>

#include <string>

namespace gantry::net {

/// Has `context` use the certificate and its key. Throws std::runtime_error, with the name of the
/// file and one line that says what is wrong.
void use_files(SSL_CTX* context, const certificate_files& files);

/// `2026-11-29`, in UTC.
std::string date_of(const ASN1_TIME* time);

} // namespace gantry::net
