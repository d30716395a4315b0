// Matches paths from the right.
#include "api/route.hpp"

namespace gantry::api {

namespace {

/// Removes `fixed` from the end of `path`. Its last slash is optional, unless `exact`.
bool take_end(std::string_view& path, std::string_view fixed, bool exact) noexcept {
  if (!path.ends_with(fixed)) {
    if (exact || fixed.size() < 2 || !fixed.ends_with('/'))
      return false;
    fixed.remove_suffix(1);
    if (!path.ends_with(fixed))
      return false;
  }
  path.remove_suffix(fixed.size());
  return true;
}

} // namespace

std::optional<placeholders> route::match(std::string_view path) const noexcept {
  placeholders found;
  if (!path.ends_with(tail_))
    return std::nullopt;
  path.remove_suffix(tail_.size());
  if (is_open_) {
    const auto slash = path.rfind('/');
    if (slash == path.npos)
      return std::nullopt;
    found.last = path.substr(slash + 1);
    path.remove_suffix(found.last.size());
  }
  if (has_name_) {
    if (!path.starts_with(front_))
      return std::nullopt;
    path.remove_prefix(front_.size());
    if (!take_end(path, back_, is_open_))
      return std::nullopt;
    found.name = path;
    return found;
  }
  if (text_.empty() || !take_end(path, front_, is_open_) || !path.empty())
    return std::nullopt;
  return found;
}

} // namespace gantry::api
