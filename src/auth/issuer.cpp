#include "auth/issuer.hpp"

#include "base/text.hpp"

#include <stdexcept>
#include <utility>

namespace gantry::auth {

bool key_places::add(std::string place) {
  if (place.starts_with("https://") || place.starts_with("http://"))
    return !std::exchange(url, std::move(place)).empty();
  jwk_sets.push_back(std::move(place));
  return false;
}

jose::algorithm read_algorithm(const std::string& name) {
  if (const auto known = jose::find_algorithm(name))
    return *known;
  throw std::invalid_argument{"'" + excerpt(name) +
                              "' is not known: write RS256, RS384, RS512, ES256, ES384 or EdDSA"};
}

} // namespace gantry::auth
