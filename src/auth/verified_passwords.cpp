#include "auth/verified_passwords.hpp"

#include "base/random.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <string>

namespace gantry::auth {

verified_passwords::verified_passwords() {
  fill_with_random(key_);
}

bool verified_passwords::knows(const credentials& who, time_point now) const {
  const auto known = fingerprint_of(who);
  const lock_guard lock{mutex_};
  const auto found = until_.find(known);
  return found != until_.end() && now < found->second;
}

void verified_passwords::remember(const credentials& who, time_point now) {
  const auto known = fingerprint_of(who);
  const lock_guard lock{mutex_};
  if (until_.size() >= max_entries && !until_.contains(known))
    until_.erase(
      std::ranges::min_element(until_, {}, [](const auto& each) { return each.second; }));
  until_[known] = now + lifetime;
}

void verified_passwords::clear() {
  const lock_guard lock{mutex_};
  until_.clear();
}

verified_passwords::fingerprint verified_passwords::fingerprint_of(const credentials& who) const {
  // The length tells where the name ends.
  const auto text = std::to_string(who.user.size()) + ":" + who.user + who.password;
  fingerprint made{};
  ::HMAC(::EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), nullptr);
  return made;
}

} // namespace gantry::auth
