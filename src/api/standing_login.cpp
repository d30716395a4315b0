#include "api/standing_login.hpp"

#include "base/secret.hpp"

#include <boost/polymorphic_cast.hpp>

#include <algorithm>
#include <utility>

namespace gantry::api {

void keep_login(net::connection& peer, std::unique_ptr<standing_login> made,
                std::chrono::nanoseconds lasts) {
  if (lasts <= lasts.zero() || made->field.size() > longest_kept_field)
    return;
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
