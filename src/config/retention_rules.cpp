#include "config/retention_rules.hpp"

#include "base/text.hpp"
#include "retention/reader.hpp"
#include "yaml/keys.hpp"

#include <utility>

namespace gantry::config {

namespace {

using expansion = std::function<std::string(const std::string&)>;

void expand_texts(yaml::node& value, const std::string& path, const expansion& expand) {
  if (value.kind == yaml::node_kind::text)
    value.text = yaml::reading(value, path, [&] { return expand(value.text); });
  for (auto& each : value.items)
    expand_texts(each, each.key.empty() ? path : concat(path, ".").append(each.key), expand);
}

} // namespace

given_rules read_retention_rules(const yaml::node& list, origin where, const expansion& expand) {
  auto expanded = list;
  if (expand)
    expand_texts(expanded, std::string{retention::rules_key}, expand);
  auto read = retention::read_rules(expanded);
  if (where.from != source::file)
    for (auto& each : read)
      each.line = 0;
  return {std::move(where), list, std::move(read)};
}

} // namespace gantry::config
