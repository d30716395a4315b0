#include "jose/key_set.hpp"

#include <algorithm>
#include <utility>

namespace gantry::jose {

bool trusted_key::is_called(std::string_view name) const noexcept {
  return (id && *id == name) || key.thumbprint() == name || key.fingerprint() == name;
}

bool trusted_key::fits(algorithm how) const noexcept {
  return key_type_of(how) == key.type() && (!only || *only == how);
}

void key_set::add(trusted_key key) {
  if (std::ranges::find(keys_, key) == keys_.end())
    keys_.push_back(std::move(key));
}

void key_set::add(const key_set& other) {
  for (const auto& key : other.keys())
    add(key);
  const auto roots = other.roots().certificates();
  add(std::vector<certificate>{roots.begin(), roots.end()});
}

void key_set::add(const std::vector<certificate>& roots) {
  const auto known = roots_.certificates();
  std::vector<certificate> all{known.begin(), known.end()};
  all.insert(all.end(), roots.begin(), roots.end());
  roots_ = certificate_roots{std::move(all)};
}

std::vector<const trusted_key*> key_set::find(std::string_view name) const {
  std::vector<const trusted_key*> found;
  for (const auto& key : keys_)
    if (key.is_called(name))
      found.push_back(&key);
  return found;
}

} // namespace gantry::jose
