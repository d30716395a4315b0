#include "config/quota_reader.hpp"

#include "base/text.hpp"
#include "yaml/keys.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::config {

namespace {

std::string quota_path_of(std::string_view key) {
  return concat(quotas_key, ".").append(key);
}

const quota_field& field_of(const yaml::node& value) {
  if (const auto* known = find_quota_field(value.key))
    return *known;
  std::vector<std::string_view> keys;
  for (const auto& each : quota_fields())
    keys.push_back(each.key);
  yaml::refuse_key(value, keys, std::string{quotas_key});
}

} // namespace

void read_quotas(quota_list& into, const yaml::node& list,
                 const std::function<located_text(const yaml::node& value)>& locate) {
  using yaml::mistake;
  using yaml::node_kind;
  if (list.kind == node_kind::nothing)
    return;
  if (list.kind != node_kind::list)
    throw mistake{list.at, std::string{quotas_key} +
                             ": this is not a list of quotas: write one such as [{name: team-a, "
                             "repositories: team-a, bytes: 50GB}]"};
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const auto& map = list.items[i];
    if (map.kind != node_kind::map)
      throw mistake{map.at, std::string{quotas_key} + ": this is not a map of settings"};
    for (const auto& value : map.items) {
      const auto& field = field_of(value);
      const auto path = quota_path_of(field.key);
      if (value.kind == node_kind::nothing)
        throw mistake{value.key_at,
                      path + " is empty: leave it out, or write " + std::string{field.needed}};
      if (value.kind != node_kind::text)
        throw mistake{value.at, path + ": write " + std::string{field.needed}};
      yaml::reading(value, path, [&] {
        const auto found = locate(value);
        if (found.text.empty())
          throw std::invalid_argument{"this is empty: write " + std::string{field.needed}};
        into.set(i, field, found.text, found.where);
      });
    }
  }
}

} // namespace gantry::config
