#include "api/standing_login.hpp"

#include "auth/schemes.hpp"
#include "base/secret.hpp"

#include <boost/polymorphic_cast.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace gantry::api {

void keep_login(net::connection& peer, std::string_view field, auth::identity_ptr owner,
                std::uint64_t generation, std::chrono::nanoseconds lasts) {
  if (lasts <= lasts.zero() || field.size() > longest_kept_field)
    return;
  auto made = std::make_unique<standing_login>();
  made->field = field;
  made->owner = std::move(owner);
  made->generation = generation;
  made->by_password = !auth::read_bearer(field);
  made->until =
    net::steady_clock::now() + std::min<std::chrono::nanoseconds>(lasts, login_stands_for);
  peer.note() = std::move(made);
}

const standing_login* repeated_login(net::connection& peer, std::string_view field,
                                     std::uint64_t generation) {
  const auto* const kept = boost::polymorphic_downcast<standing_login*>(peer.note().get());
  // Behind a proxy, others use this connection: how long it takes must not tell them the field.
  const bool stands = kept && kept->generation == generation &&
                      is_same_secret(kept->field, field) && net::steady_clock::now() < kept->until;
  return stands ? kept : nullptr;
}

} // namespace gantry::api
