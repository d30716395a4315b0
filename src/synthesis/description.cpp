#include "synthesis/description.hpp"

#include "base/text.hpp"
#include "config/values.hpp"
#include "synthesis/layer.hpp"
#include "synthesis/name_range.hpp"
#include "synthesis/repository_keys.hpp"
#include "yaml/keys.hpp"

#include <array>
#include <set>
#include <stdexcept>
#include <utility>

namespace gantry::synthesis {

namespace {

/// What has been read so far, and what of the limits it takes.
struct reader {
  description read;
  std::set<std::string> names;
  std::size_t tags = 0;
  std::size_t parts = 0;
};

void count(reader& into, const repository_content& read, const yaml::node& value) {
  for (const auto& names : read.images)
    into.tags += names.size();
  into.parts += read.images.size() * read.platforms.size() * (read.layers.size() + 2);
  if (into.tags > max_tags)
    throw yaml::mistake{value.key_at, "from this repository on there are more than " +
                                        std::to_string(max_tags) + " tags"};
  if (into.parts > max_parts)
    throw yaml::mistake{value.key_at, "from this repository on there are more than " +
                                        std::to_string(max_parts) +
                                        " layers, configs and manifests"};
}

std::vector<std::string> names_of(const yaml::node& value) {
  try {
    return expand_range(value.key, max_repositories);
  } catch (const std::invalid_argument& wrong) {
    throw yaml::mistake{value.key_at, wrong.what()};
  }
}

void add_repositories(reader& into, const yaml::node& value) {
  const auto content = read_repository(value);
  for (const auto& name : names_of(value)) {
    auto parsed = repository_name::parse(name);
    if (!parsed)
      throw yaml::mistake{value.key_at, "'" + excerpt(name) + "' is not the name of a repository"};
    if (!into.names.insert(name).second)
      throw yaml::mistake{value.key_at, "the repository '" + name + "' stands here a second time"};
    count(into, content, value);
    into.read.repositories.push_back({std::move(*parsed), content});
  }
}

void read_repositories(reader& into, const yaml::node& value) {
  if (value.kind != yaml::node_kind::map)
    yaml::refuse(value, "write a map from names of repositories to their content");
  for (const auto& each : value.items) {
    add_repositories(into, each);
    if (into.names.size() > max_repositories)
      throw yaml::mistake{each.key_at, "there are more than " + std::to_string(max_repositories) +
                                         " repositories"};
  }
}

void read_seed(reader& into, const yaml::node& value) {
  const auto& text = yaml::text_of(value, value.key, "a number");
  into.read.seed = yaml::reading(value, value.key, [&] { return config::read_count(text, {}, 1); });
}

constexpr std::array<yaml::key_row<reader>, 2> top_keys{
  {{"repositories", read_repositories}, {"seed", read_seed}}};

} // namespace

std::string platform::to_string() const {
  return os + '/' + architecture + (variant.empty() ? "" : '/' + variant);
}

// Cannot overflow: `max_parts` layers of `max_layer_size` are less than 2^53 bytes.
std::uint64_t description::layer_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [name, content] : repositories)
    for (const auto size : content.layers)
      sum += packed_size(size) * content.images.size() * content.platforms.size();
  return sum;
}

description read_description(std::string_view text) {
  const auto root = yaml::read(text);
  if (root.kind != yaml::node_kind::map)
    throw yaml::mistake{root.at, "write 'repositories:' and below it the names of repositories"};
  reader into;
  yaml::read_keys(root, top_keys, into, "the file");
  if (into.read.repositories.empty())
    throw yaml::mistake{root.at,
                        "there is no repository: write 'repositories:' and below it their names"};
  return std::move(into.read);
}

} // namespace gantry::synthesis
