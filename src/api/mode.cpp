#include "api/mode.hpp"

#include <algorithm>

namespace gantry::api {

std::optional<errc> refuse_by_mode(const operation& asked, const options& mode) {
  const bool deletes = asked.does == effect::deletes;
  if (mode.read_only && (deletes || asked.does == effect::writes))
    return errc::read_only;
  if (!mode.allow_delete && deletes)
    return errc::delete_disabled;
  return std::nullopt;
}

std::string methods_in_mode(route where, const options& mode) {
  std::string left;
  for (auto methods = methods_of(where); !methods.empty();) {
    const auto method = methods.substr(0, methods.find(", "));
    methods.remove_prefix(std::min(method.size() + 2, methods.size()));
    const auto row = std::ranges::find_if(operations(), [&](const operation& each) {
      return each.where == where && is_allowed(each.methods, method);
    });
    if (!refuse_by_mode(*row, mode))
      left.append(left.empty() ? "" : ", ").append(method);
  }
  return left;
}

} // namespace gantry::api
