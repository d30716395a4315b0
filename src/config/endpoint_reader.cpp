#include "config/endpoint_reader.hpp"

#include "base/text.hpp"
#include "yaml/keys.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::config {

namespace {

using yaml::mistake;
using yaml::node;
using yaml::node_kind;

constexpr std::string_view ignore_section = "ignore";

std::string path_of(std::string_view key) {
  return concat(endpoints_key, ".").append(key);
}

class endpoint_reader {
public:
  endpoint_reader(endpoint_list& into, std::size_t index,
                  const std::function<located_text(const node& value)>& locate)
    : into_{into}, index_{index}, locate_{locate} {}

  void read(const node& map, std::string_view section = {}) {
    if (map.kind != node_kind::map)
      throw mistake{map.at, section.empty()
                              ? std::string{endpoints_key} + ": this is not a map of settings"
                              : path_of(section) + ": this is not a map of settings"};
    for (const auto& each : map.items)
      read_key(each, section);
  }

private:
  void read_key(const node& value, std::string_view section) {
    const auto key = section.empty() ? value.key : concat(section, ".").append(value.key);
    if (key == ignore_section)
      return read(value, ignore_section);
    const auto* field = find_endpoint_field(key);
    if (!field)
      yaml::refuse_key(value, words_below(section),
                       section.empty() ? std::string{endpoints_key} : path_of(section));
    if (value.kind == node_kind::nothing)
      throw mistake{value.key_at, path_of(key) + " is empty: leave it out, or write " +
                                    std::string{field->needed}};
    switch (field->kind) {
    case field_kind::text: return set(*field, value);
    case field_kind::list: return read_list(*field, value);
    case field_kind::map: return read_map(*field, value);
    }
  }

  static std::vector<std::string_view> words_below(std::string_view section) {
    std::vector<std::string_view> words;
    for (const auto& each : endpoint_fields()) {
      const auto dot = each.key.find('.');
      if (section.empty() && (words.empty() || words.back() != each.key.substr(0, dot)))
        words.push_back(each.key.substr(0, dot));
      else if (!section.empty() && each.key.substr(0, dot) == section)
        words.push_back(each.key.substr(dot + 1));
    }
    return words;
  }

  void read_list(const endpoint_field& field, const node& value) {
    for (const auto& each : items_of(field, value))
      set(field, each);
  }

  void read_map(const endpoint_field& field, const node& value) {
    if (value.kind != node_kind::map)
      refuse(field, value);
    for (const auto& name : value.items)
      for (const auto& each : items_of(field, name))
        set(field, each, concat(name.key, ": "));
  }

  static std::span<const node> items_of(const endpoint_field& field, const node& value) {
    if (value.kind == node_kind::list)
      return value.items;
    if (value.kind != node_kind::text)
      refuse(field, value);
    return {&value, 1};
  }

  [[noreturn]] static void refuse(const endpoint_field& field, const node& value) {
    throw mistake{value.at, path_of(field.key) + ": write " + std::string{field.needed}};
  }

  void set(const endpoint_field& field, const node& value, const std::string& prefix = {}) {
    if (value.kind != node_kind::text)
      refuse(field, value);
    yaml::reading(value, path_of(field.key), [&] {
      auto found = locate_(value);
      if (found.text.empty())
        throw std::invalid_argument{"this is empty: write " + std::string{field.needed}};
      if (!found.where.shown.empty())
        found.where.shown.insert(0, prefix);
      into_.set(index_, field, prefix + found.text, found.where);
    });
  }

  endpoint_list& into_;
  std::size_t index_;
  const std::function<located_text(const node& value)>& locate_;
};

} // namespace

void read_endpoints(endpoint_list& into, const node& list,
                    const std::function<located_text(const node& value)>& locate) {
  if (list.kind == node_kind::nothing)
    return;
  if (list.kind != node_kind::list)
    throw mistake{list.at, std::string{endpoints_key} +
                             ": this is not a list of endpoints: write one such as [{name: "
                             "alistener, url: 'https://listener.example/event'}]"};
  for (std::size_t i = 0; i < list.items.size(); ++i)
    endpoint_reader{into, i, locate}.read(list.items[i]);
}

} // namespace gantry::config
