#include "api/mode.hpp"

namespace gantry::api {

std::optional<errc> refuse_by_mode(const operation& asked, const options& mode) {
  const bool deletes = asked.does == effect::deletes;
  if (mode.read_only && (deletes || asked.does == effect::writes))
    return errc::read_only;
  if (!mode.allow_delete && deletes)
    return errc::delete_disabled;
  return std::nullopt;
}

bool may_steer(std::string_view remote, net::relay relayed, const options& mode) noexcept {
  switch (mode.steered_by) {
  case control::off: return false;
  case control::loopback:
    return relayed == net::relay::none &&
           (remote.starts_with("127.") || remote.starts_with("[::1]") || remote == "::1" ||
            remote == net::unix_peer);
  case control::any: return true;
  }
  return false;
}

std::string methods_in_mode(const route& where, const options& mode) {
  return methods_if(where, [&](const operation& each) { return !refuse_by_mode(each, mode); });
}

} // namespace gantry::api
