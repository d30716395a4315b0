#include "journal/filter.hpp"

#include "base/text.hpp"

namespace gantry::journal {

namespace {

std::string_view path_of(std::string_view target) noexcept {
  return target.substr(0, target.find('?'));
}

} // namespace

std::optional<status_range> parse_status(std::string_view text) noexcept {
  const bool is_class = text.size() == 3 && text.ends_with("xx");
  const auto known = whole_number(is_class ? text.substr(0, 1) : text);
  if (text.size() != 3 || !known)
    return std::nullopt;
  const auto number = static_cast<unsigned>(*known);
  const status_range read =
    is_class ? status_range{number * 100, number * 100 + 99} : status_range{number, number};
  if (read.first < 100 || read.last > 599)
    return std::nullopt;
  return read;
}

bool filter::matches(const entry& seen) const noexcept {
  return seen.sequence > since && seen.status >= status.first && seen.status <= status.last &&
         (method.empty() || seen.method == method) &&
         (operation.empty() || seen.operation == operation) &&
         (repository.empty() || seen.repository == repository) &&
         (fault.empty() || seen.fault == fault) &&
         (user_agent.empty() ||
          field_of(seen.fields, "User-Agent").find(user_agent) != std::string_view::npos) &&
         (path.empty() || path_of(seen.target).find(path) != std::string_view::npos);
}

} // namespace gantry::journal
