// Makes certificates, with OpenSSL.
#pragma once

#include "base/openssl_handle.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace gantry::app {

/// A certificate and its private key.
struct issued {
  openssl_handle<X509, ::X509_free> certificate;
  openssl_handle<EVP_PKEY, ::EVP_PKEY_free> key;
};

/// An authority with a new key (EC P-256) that may issue certificates of servers and clients.
/// Throws std::runtime_error, here and below.
issued make_authority(const std::string& name);

/// A certificate with a new key (EC P-256) for these names and IP addresses. It is valid for 397
/// days, the most that browsers accept, and no longer than the authority's. Precondition: at least
/// one host.
issued issue(const issued& authority, const std::vector<std::string>& hosts);

/// A certificate of a client, the same way: the name is the user, the organisations are its groups.
/// Precondition: names and organisations have 1 to 64 bytes.
issued issue_to_client(const issued& authority, const std::string& name,
                       const std::vector<std::string>& organisations);

/// PEM.
std::string text_of(X509* certificate);
std::string text_of(EVP_PKEY* key);

} // namespace gantry::app
