#include "policy/reader.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "policy/rule_reader.hpp"
#include "yaml/keys.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::policy {

namespace {

void read_rules(file_draft& into, const yaml::node& value) {
  into.has_rules = true;
  if (value.kind != yaml::node_kind::list)
    yaml::refuse(value, "this is not a list: begin each rule with '- '");
  if (value.items.size() > max_rules)
    yaml::refuse(value, "there are more than " + std::to_string(max_rules) + " rules");
  for (const auto& each : value.items)
    into.rules.push_back(read_rule(into, each));
}

void read_groups(file_draft& into, const yaml::node& value) {
  if (value.kind != yaml::node_kind::map)
    yaml::refuse(value, "write a map from names of groups to lists of users");
  for (const auto& each : value.items)
    into.groups[each.key] = read_names(each, "the name of a user");
}

void read_version(file_draft& into, const yaml::node& value) {
  into.has_version = true;
  yaml::demand_version_1(value);
}

constexpr std::array<yaml::key_row<file_draft>, 3> file_keys{
  {{"groups", read_groups}, {"rules", read_rules}, {"version", read_version}}};

/// A name that was mistyped would never fit, and a rule that denies would be a hole.
void check_groups(const file_draft& file) {
  std::vector<std::string_view> known;
  for (const auto& [name, users] : file.groups)
    known.push_back(name);
  for (const auto& [group, at] : file.named_groups) {
    if (file.groups.contains(group))
      continue;
    const auto begin = "groups: there is no group '" + excerpt(group) + "'";
    if (const auto meant = nearest(group, known); !meant.empty())
      throw yaml::mistake{at, begin + "; did you mean '" + std::string{meant} + "'?"};
    throw yaml::mistake{at, begin + ": define it below 'groups:' of the file, with [] if its "
                                    "users come with their identity"};
  }
}

} // namespace

std::shared_ptr<const rule_set> read_policy(std::string_view text) {
  const auto root = yaml::read(text);
  if (root.kind != yaml::node_kind::map)
    throw yaml::mistake{root.at, "write 'version: 1', and below it 'rules:'"};
  file_draft file;
  yaml::read_keys(root, file_keys, file, "a policy");
  if (!file.has_version)
    throw yaml::mistake{root.at, "the version is missing: write 'version: 1'"};
  if (!file.has_rules)
    throw yaml::mistake{root.at, "the rules are missing: write 'rules:', with [] to deny all"};
  check_groups(file);
  return std::make_shared<const rule_set>(std::move(file.rules), file.groups);
}

} // namespace gantry::policy
