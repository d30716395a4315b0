#include "api/exchange.hpp"

#include "api/proxies.hpp"

namespace gantry::api {

namespace {

/// Bytes: most links are shorter.
constexpr std::size_t usual_link = 160;

void append_path(std::string& link, const exchange& ex,
                 std::initializer_list<std::string_view> path) {
  link.append(ex.settings->prefix);
  for (const auto part : path)
    link.append(part);
}

} // namespace

changer_ptr changer_of(const exchange& ex) {
  const auto& proof = ex.identity->by;
  const bool is_token = proof.of == auth::proof::kind::personal_token;
  return std::make_shared<const changer>(
    changer{ex.who().user, is_token ? proof.text : std::string{}, client_address(ex)});
}

std::string absolute_link_to(const exchange& ex, std::initializer_list<std::string_view> path) {
  std::string link;
  link.reserve(usual_link);
  if (const auto& own = ex.settings->external_url; !own.empty())
    link.append(own);
  else
    link.append(scheme_of(ex)).append("://").append(host_of(ex));
  append_path(link, ex, path);
  return link;
}

std::string link_to(const exchange& ex, std::initializer_list<std::string_view> path) {
  if (ex.settings->absolute_locations)
    return absolute_link_to(ex, path);
  std::string link;
  link.reserve(usual_link);
  append_path(link, ex, path);
  return link;
}

} // namespace gantry::api
