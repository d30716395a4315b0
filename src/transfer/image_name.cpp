#include "transfer/image_name.hpp"

#include <utility>

namespace gantry::transfer {

result<image_name> image_name::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  auto repository = repository_name::parse(text.substr(0, colon));
  if (!repository)
    return std::move(repository).error();
  auto label = tag::parse(colon == std::string_view::npos ? "latest" : text.substr(colon + 1));
  if (!label)
    return std::move(label).error();
  return image_name{std::move(*repository), std::move(*label)};
}

result<image_name> image_name::parse_with_host(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto first = text.substr(0, slash);
    if (first == "localhost" || first.find_first_of(".:") != std::string_view::npos)
      text.remove_prefix(slash + 1);
  }
  return parse(text);
}

} // namespace gantry::transfer
