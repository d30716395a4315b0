#include "synthesis/repository_keys.hpp"

#include "base/text.hpp"
#include "config/texts.hpp"
#include "config/values.hpp"
#include "synthesis/name_range.hpp"
#include "yaml/keys.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::synthesis {

namespace {

constexpr std::uint64_t usual_layer_size = 1024;

/// What was read, and the nodes and numbers that complete it.
struct draft {
  repository_content content;
  /// The node of `tags`, null without one.
  const yaml::node* tags = nullptr;
  std::uint64_t layers = 1;
  const yaml::node* layer_size = nullptr;
  std::uint64_t usual_size = usual_layer_size;
};

void add_tags(std::vector<tag>& into, const yaml::node& item, std::set<std::string>& seen) {
  const auto& text = yaml::text_of(item, "tags", "a tag or a range, such as a..z");
  const auto names = yaml::reading(item, "tags", [&] { return expand_range(text, max_tags); });
  for (const auto& name : names) {
    auto parsed = tag::parse(name);
    if (!parsed)
      throw yaml::mistake{item.at, "tags: '" + excerpt(name) + "' is not a tag"};
    if (!seen.insert(name).second)
      throw yaml::mistake{item.at, "tags: '" + name + "' stands here a second time"};
    into.push_back(std::move(*parsed));
  }
}

void read_tags(draft& into, const yaml::node& value) {
  into.tags = &value;
  std::set<std::string> seen;
  for (const auto& item : yaml::items_of(value, "one, such as [a..z, \"1.0\"]")) {
    std::vector<tag> names;
    if (item.kind == yaml::node_kind::list) {
      for (const auto& each : item.items)
        add_tags(names, each, seen);
      if (names.empty())
        throw yaml::mistake{item.at, "tags: this list names no tag of the image"};
      into.content.images.push_back(std::move(names));
    } else {
      add_tags(names, item, seen);
      for (auto& name : names)
        into.content.images.push_back({std::move(name)});
    }
    if (seen.size() > max_tags)
      yaml::refuse(value, "there are more than " + std::to_string(max_tags) + " tags");
  }
}

std::uint64_t read_layer_size(const yaml::node& value, const std::string& key) {
  const auto& text = yaml::text_of(value, key, "a size, such as 1MB");
  return yaml::reading(value, key, [&] { return config::read_size(text, {0, max_layer_size}); });
}

void read_layers(draft& into, const yaml::node& value) {
  if (value.kind == yaml::node_kind::list) {
    for (const auto& item : value.items)
      into.content.layers.push_back(read_layer_size(item, "layers"));
    into.layers = into.content.layers.size();
    if (into.layers > max_layers)
      yaml::refuse(value, "there are more than " + std::to_string(max_layers) + " layers");
    return;
  }
  const auto& text = yaml::text_of(value, value.key, "a number, or a list of sizes");
  into.layers = yaml::reading(value, value.key, [&] {
    return config::read_count(text, {0, max_layers}, 3);
  });
}

void read_usual_size(draft& into, const yaml::node& value) {
  into.layer_size = &value;
  into.usual_size = read_layer_size(value, value.key);
}

bool may_name_platform(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view{"._-"}.find(c) != std::string_view::npos;
}

platform read_platform(const yaml::node& item) {
  const std::string needed = "os/architecture, such as linux/arm64 or linux/arm/v7";
  const std::string_view text = yaml::text_of(item, "platforms", needed);
  std::vector<std::string> parts{{}};
  bool is_valid = true;
  for (const char c : text) {
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
    is_valid = is_valid && (c == '/' || may_name_platform(c));
  }
  if (!is_valid || parts.size() < 2 || parts.size() > 3 ||
      std::ranges::count(parts, std::string{}) > 0)
    throw yaml::mistake{item.at, "platforms: '" + excerpt(text) + "' is not of the form " + needed};
  return {parts[0], parts[1], parts.size() == 3 ? parts[2] : ""};
}

void read_platforms(draft& into, const yaml::node& value) {
  const auto items = yaml::items_of(value, "one, such as [linux/amd64, linux/arm64]");
  if (items.size() > max_platforms)
    yaml::refuse(value, "there are more than " + std::to_string(max_platforms) + " platforms");
  for (const auto& item : items) {
    auto read = read_platform(item);
    if (std::ranges::find(into.content.platforms, read) != into.content.platforms.end())
      throw yaml::mistake{item.at, "platforms: '" + item.text + "' stands here a second time"};
    into.content.platforms.push_back(std::move(read));
  }
  if (into.content.platforms.empty())
    yaml::refuse(value, "the list is empty: leave it out for linux/amd64");
}

void read_signatures(draft& into, const yaml::node& value) {
  constexpr std::array<std::string_view, 4> choices{"true", "false", "referrer", "tag"};
  const auto& text = yaml::text_of(value, value.key, "true, false, referrer or tag");
  const auto chosen =
    yaml::reading(value, value.key, [&] { return choices[config::read_choice(text, choices)]; });
  into.content.signature_referrers = chosen == "true" || chosen == "referrer";
  into.content.signature_tags = chosen == "true" || chosen == "tag";
}

void read_sboms(draft& into, const yaml::node& value) {
  const auto& text = yaml::text_of(value, value.key, "true or false");
  into.content.sboms = yaml::reading(value, value.key, [&] { return config::read_switch(text); });
}

void read_flaws(draft& into, const yaml::node& value) {
  std::vector<std::string_view> names;
  for (const auto& row : flaws())
    names.push_back(row.name);
  for (const auto& item : yaml::items_of(value, "one, such as [missing_blob, wrong_size]")) {
    const auto& text = yaml::text_of(item, "broken", "a name, such as missing_blob");
    const auto chosen =
      yaml::reading(item, "broken", [&] { return flaws()[config::read_choice(text, names)].kind; });
    if (std::ranges::find(into.content.flaws, chosen) != into.content.flaws.end())
      throw yaml::mistake{item.at, "broken: '" + text + "' stands here a second time"};
    into.content.flaws.push_back(chosen);
  }
}

constexpr std::array<yaml::key_row<draft>, 7> repository_keys{{{"broken", read_flaws},
                                                               {"layer_size", read_usual_size},
                                                               {"layers", read_layers},
                                                               {"platforms", read_platforms},
                                                               {"sbom", read_sboms},
                                                               {"signatures", read_signatures},
                                                               {"tags", read_tags}}};

/// Fills in what the keys leave out, and checks them against each other.
void complete(draft& read) {
  if (!read.tags)
    read.content.images.push_back({tag::parse("latest").value()});
  else if (read.content.images.empty() && read.content.flaws.empty())
    yaml::refuse(*read.tags, "the list is empty: leave it out for the tag latest");
  if (read.layer_size && !read.content.layers.empty())
    yaml::refuse(*read.layer_size, "the list of layers has sizes already: leave one of them out");
  if (read.content.layers.empty())
    read.content.layers.assign(static_cast<std::size_t>(read.layers), read.usual_size);
  if (read.content.platforms.empty())
    read.content.platforms.push_back({"linux", "amd64"});
  for (const auto kind : read.content.flaws)
    for (const auto& names : read.content.images)
      for (const auto& name : names)
        if (name.to_string() == row_of(kind).tag)
          yaml::refuse(*read.tags, "'" + name.to_string() + "' is the tag of what is broken");
}

} // namespace

repository_content read_repository(const yaml::node& value) {
  if (value.kind != yaml::node_kind::map && value.kind != yaml::node_kind::nothing)
    yaml::refuse(value, "write the keys of the repository, such as 'tags: [a..z]'");
  draft read;
  yaml::read_keys(value, repository_keys, read, "the repository '" + excerpt(value.key) + "'");
  complete(read);
  return std::move(read.content);
}

} // namespace gantry::synthesis
