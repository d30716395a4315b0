// Parses the `n` and `last` of a list request.
#include "domain/paging.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace gantry {

result<page_request> parse_page(std::optional<std::string_view> n,
                                std::optional<std::string_view> last, const page_limits& limits) {
  page_request request{limits.default_limit, std::string{last.value_or("")}};
  if (!n || n->empty())
    return request;
  const auto number = whole_number(*n);
  if (!number || (limits.refuse_excess && *number > limits.max_limit))
    return fail(errc::pagination_invalid, *n);
  request.limit = std::min<std::uint64_t>(*number, limits.max_limit);
  return request;
}

} // namespace gantry
