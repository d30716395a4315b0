#include "auth/verified_passwords.hpp"

#include "auth/make_room.hpp"
#include "base/random.hpp"

#include <string>
#include <utility>

namespace gantry::auth {

verified_passwords::verified_passwords() {
  fill_with_random(key_);
}

/// Others could continue a hash that begins with a key, but they see neither the key nor the hash.
/// OpenSSL's HMAC takes several times as long.
verified_passwords::fingerprint verified_passwords::fingerprint_of(const credentials& who) const {
  std::string text{reinterpret_cast<const char*>(key_.data()), key_.size()};
  // With its length, a name cannot run into the password.
  text.append(std::to_string(who.user.size())).append(1, ':').append(who.user).append(who.password);
  return digest::of(text);
}

std::optional<verified_passwords::entry> verified_passwords::find(const fingerprint& known,
                                                                  time_point now) const {
  const lock_guard lock{mutex_};
  const auto found = entries_.find(known);
  if (found == entries_.end() || now >= found->second.until)
    return std::nullopt;
  return found->second;
}

void verified_passwords::remember(const fingerprint& known, identity_ptr owner, time_point now) {
  const lock_guard lock{mutex_};
  make_room(entries_, known, max_entries, [](const entry& each) { return each.until; });
  entries_[known] = {std::move(owner), now + lifetime};
}

void verified_passwords::clear() {
  const lock_guard lock{mutex_};
  entries_.clear();
}

} // namespace gantry::auth
