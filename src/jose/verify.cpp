#include "jose/verify.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace gantry::jose {

namespace {

using candidates = std::vector<public_key>;

std::string needs_key(algorithm how) {
  return std::string{to_string(how)} + " needs a key of the type " +
         std::string{to_string(key_type_of(how))};
}

/// Those of `keys` that may have signed with this algorithm.
outcome<candidates> fitting(const std::vector<const trusted_key*>& keys, algorithm how) {
  candidates found;
  for (const auto* key : keys)
    if (key->fits(how) && found.size() < max_keys_tried)
      found.push_back(key->key);
  if (found.empty())
    return refuse(reason::key_unknown, "no trusted key fits: " + needs_key(how));
  return found;
}

outcome<candidates> of_chain(const token& sent, const key_set& trusted, const verification& how) {
  auto key = trusted.roots().leaf_key(sent.chain, how.now);
  if (!key)
    return key.error();
  if (key->type() != key_type_of(sent.alg))
    return refuse(reason::key_unknown, "the certificate does not fit: " + needs_key(sent.alg));
  return candidates{std::move(*key)};
}

outcome<candidates> keys_for(const token& sent, const key_set& trusted, const verification& how) {
  if (sent.key_id)
    if (const auto named = trusted.find(*sent.key_id); !named.empty())
      return fitting(named, sent.alg);
  if (!sent.chain.empty() && !trusted.roots().empty())
    return of_chain(sent, trusted, how);
  if (sent.key_id)
    return refuse(reason::key_unknown, "no trusted key is called " + shown(*sent.key_id));
  std::vector<const trusted_key*> all;
  for (const auto& key : trusted.keys())
    all.push_back(&key);
  return fitting(all, sent.alg);
}

} // namespace

outcome<claims> verify(const token& sent, const key_set& trusted, const verification& how) {
  if (!how.algorithms.has(sent.alg))
    return refuse(reason::algorithm_refused,
                  "the algorithm " + std::string{to_string(sent.alg)} + " is not allowed");
  const auto keys = keys_for(sent, trusted, how);
  if (!keys)
    return keys.error();
  const bool is_signed = std::ranges::any_of(*keys, [&](const public_key& key) {
    return key.verifies(sent.alg, sent.signed_text, sent.signature);
  });
  if (!is_signed)
    return refuse(reason::signature_wrong, "no trusted key has signed the token");
  return read_claims(sent.payload);
}

outcome<claims> accept(const token& sent, const key_set& trusted, algorithm_set algorithms,
                       const expectations& expected) {
  auto said = verify(sent, trusted, {algorithms, expected.now});
  if (!said)
    return said;
  if (const auto checked = check(*said, expected); !checked)
    return checked.error();
  return said;
}

outcome<claims> accept(std::string_view text, const key_set& trusted, algorithm_set algorithms,
                       const expectations& expected) {
  const auto sent = parse_token(text);
  return sent ? accept(*sent, trusted, algorithms, expected) : sent.error();
}

} // namespace gantry::jose
