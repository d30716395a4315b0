// JSON Web Tokens, their claims, and documents with trusted keys; the first byte chooses.
#include "base/base64url.hpp"
#include "base/openssl_handle.hpp"
#include "fuzz/fuzz.hpp"
#include "jose/jwk_set.hpp"
#include "jose/pem_bundle.hpp"
#include "jose/vectors.hpp"
#include "jose/verify.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::jose;
using fuzz::require;

namespace {

/// In the middle of the dates of the corpus.
const std::chrono::system_clock::time_point now{std::chrono::seconds{1'300'000'000}};

/// The keys of the vectors: the corpus has good tokens.
const key_set& vector_keys() {
  static const key_set keys = [] {
    key_set made;
    for (const auto& other : signed_by_others)
      made.add(read_jwk_set("{\"keys\":[" + std::string{other.jwk} + "]}").value().keys);
    return made;
  }();
  return keys;
}

template <class T>
void require_explained(const outcome<T>& judged) {
  if (judged)
    return;
  const auto& refused = judged.error();
  require(to_string(refused.why) != "unknown");
  require(!refused.detail.empty() && refused.detail.size() < 300);
  for (const char c : refused.detail)
    require(c >= ' ' && c < 0x7f);
}

void read_token(std::string_view text) {
  const auto sent = parse_token(text);
  require_explained(sent);
  require_explained(accept(text, vector_keys(), algorithm_set::all(), {{"joe"}, {"a"}, {}, now}));
  if (!sent)
    return;
  // A token has one text.
  require(text.size() <= max_token_size);
  require(sent->signed_text + "." + to_base64url(sent->signature) == text);
  require(sent->signed_text.ends_with("." + to_base64url(sent->payload)));
  if (!verify(*sent, vector_keys(), {algorithm_set::all(), now}))
    return;
  auto other = *sent;
  other.signed_text += "A";
  const auto refused = verify(other, vector_keys(), {algorithm_set::all(), now});
  require(!refused && refused.error().why == reason::signature_wrong);
}

/// The private key of RFC 8037, appendix A.1.
std::string sign(std::string_view text) {
  using key_handle = openssl_handle<EVP_PKEY, ::EVP_PKEY_free>;
  static const auto seed = from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value();
  static const key_handle key{::EVP_PKEY_new_raw_private_key(
    EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), seed.size())};
  const openssl_handle<EVP_MD_CTX, ::EVP_MD_CTX_free> signing{::EVP_MD_CTX_new()};
  std::string made(64, '\0');
  auto size = made.size();
  require(::EVP_DigestSignInit(signing.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  require(::EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                           reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
  return made;
}

/// A header and claims that are signed, whatever they are.
void read_signed(std::string_view header, std::string_view payload) {
  const auto text = to_base64url(header) + "." + to_base64url(payload);
  read_token(text + "." + to_base64url(sign(text)));
}

void read_said(std::string_view payload) {
  const auto said = read_claims(payload);
  require_explained(said);
  if (!said)
    return;
  for (const auto& date : {said->expires, said->not_before, said->issued})
    require(!date || (*date >= numeric_date{} && *date <= last_date));
  const auto checked = check(*said, {{"joe"}, {"a"}, {}, now});
  require_explained(checked);
  require(!checked || (said->issuer == "joe" && said->expires && *said->expires > now));
}

/// Keys that were read have been checked, and refuse what they have not signed.
void require_usable(const outcome<read_keys>& read) {
  require_explained(read);
  if (!read)
    return;
  require(read->keys.keys().size() + read->complaints.size() <= max_keys);
  for (const auto& key : read->keys.keys()) {
    require(key.key.thumbprint().size() == 43 && key.key.fingerprint().size() == 59);
    require(!read->keys.find(key.key.thumbprint()).empty());
    for (const auto name : algorithm_names())
      require(!key.key.verifies(find_algorithm(name).value(), "text", std::string(64, '\1')));
  }
}

/// Trusted certificates in PEM, and after an empty line those of a chain, in base64url, with spaces
/// between them.
void read_chain(fuzz::input& input) {
  const auto trusted = read_pem_bundle(input.take_until("\n\n"));
  std::vector<std::string> chain;
  while (!input.rest().empty())
    chain.push_back(from_base64url(input.take_until(" ")).value_or(""));
  if (trusted)
    require_explained(trusted->keys.roots().leaf_key(chain, now));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input{data, size};
  switch (input.take()) {
  case 't': read_token(input.rest()); break;
  case 's': {
    const auto header = input.take_until("\n");
    read_signed(header, input.rest());
    break;
  }
  case 'c': read_said(input.rest()); break;
  case 'j': require_usable(read_jwk_set(input.rest())); break;
  case 'p': require_usable(read_pem_bundle(input.rest())); break;
  case 'x': read_chain(input); break;
  default: break;
  }
  require(::ERR_peek_error() == 0);
  return 0;
}
