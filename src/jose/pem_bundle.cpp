#include "jose/pem_bundle.hpp"

#include "base/openssl_handle.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::jose {

namespace {

using memory = openssl_handle<BIO, ::BIO_free_all>;
using key_handle = openssl_handle<EVP_PKEY, ::EVP_PKEY_free>;

struct block {
  std::string name;
  std::string der;
};

std::string taken(char* text) {
  std::string copy{text};
  ::OPENSSL_free(text);
  return copy;
}

/// The next one; absent at the end, which `PEM_R_NO_START_LINE` tells from damage.
std::optional<block> next_block(BIO* from) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
  if (::PEM_read_bio(from, &name, &header, &bytes, &size) != 1)
    return std::nullopt;
  block read{taken(name), {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}};
  // Only encrypted blocks have headers; their bytes are then neither a certificate nor a key.
  ::OPENSSL_free(header);
  ::OPENSSL_free(bytes);
  return read;
}

bool is_at_end() {
  const auto why = ::ERR_peek_last_error();
  ::ERR_clear_error();
  return ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
}

outcome<public_key> parse_public_key(std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = begin + der.size();
  const key_handle key{::d2i_PUBKEY(nullptr, &begin, static_cast<long>(der.size()))};
  ::ERR_clear_error();
  if (!key || begin != end)
    return refuse(reason::key_refused, "it is not a public key");
  return public_key::of(key.get());
}

/// The key of a block, which is a root as well if it is a certificate.
outcome<public_key> read_block(const block& from, std::vector<certificate>& roots) {
  if (from.name == PEM_STRING_PUBLIC)
    return parse_public_key(from.der);
  if (from.name != PEM_STRING_X509)
    return refuse(reason::key_refused,
                  shown(from.name) + " is neither a certificate nor a public key");
  auto parsed = parse_certificate(from.der);
  if (!parsed)
    return refuse(reason::key_refused, "it is not a certificate");
  roots.push_back(parsed);
  const auto* const key = ::X509_get0_pubkey(parsed.get());
  ::ERR_clear_error();
  if (key == nullptr)
    return refuse(reason::key_refused, "its key cannot be read");
  return public_key::of(key);
}

} // namespace

outcome<read_keys> read_pem_bundle(std::string_view text) {
  if (text.size() > max_pem_bundle_size)
    return refuse(reason::too_large, "the file with keys has more than 1 MiB");
  const memory source{::BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  ::ERR_clear_error();
  read_keys read;
  std::vector<certificate> roots;
  std::size_t count = 0;
  while (const auto found = next_block(source.get())) {
    if (++count > max_keys)
      return refuse(reason::document_invalid, "the file has more than 100 blocks");
    if (auto key = read_block(*found, roots))
      read.keys.add({std::move(*key)});
    else
      read.complaints.push_back("block " + std::to_string(count) + ": " + key.error().detail);
  }
  if (!is_at_end())
    return refuse(reason::document_invalid, "block " + std::to_string(count + 1) + " is damaged");
  if (count == 0)
    return refuse(reason::document_invalid, "the file has neither certificates nor keys in PEM");
  read.keys.add(roots);
  return read;
}

} // namespace gantry::jose
