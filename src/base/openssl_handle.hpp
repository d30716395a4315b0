// Ownership of OpenSSL's objects.
#pragma once

#include <memory>

namespace gantry {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* doomed) const noexcept {
    Free(doomed);
  }
};

/// `openssl_handle<X509, ::X509_free>`.
template <class T, auto Free>
using openssl_handle = std::unique_ptr<T, freed_by<Free>>;

} // namespace gantry
