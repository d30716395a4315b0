#include "config/listing.hpp"

#include "base/text.hpp"
#include "config/endpoints.hpp"
#include "config/file.hpp"
#include "config/quotas.hpp"
#include "config/table.hpp"
#include "retention/reader.hpp"

#include <cctype>
#include <cstddef>
#include <string_view>

namespace gantry::config {

namespace {

/// Comments begin here if the value leaves room.
constexpr std::size_t comment_column = 48;

std::string indent(std::size_t depth) {
  return std::string(2 * depth, ' ');
}

/// In quotes, unless YAML reads the plain text as the same text.
std::string in_quotes(std::string_view text) {
  const auto is_safe = [](unsigned char c) { return std::isalnum(c) != 0 || c == '/'; };
  const bool is_plain = !text.empty() && is_safe(text.front()) &&
                        text.find_first_of("#'\"{}[],&*!|>%@`\n") == std::string_view::npos &&
                        text.find(": ") == std::string_view::npos && !text.ends_with(':') &&
                        !text.ends_with(' ');
  if (is_plain)
    return std::string{text};
  std::string quoted = "'";
  for (const char c : text)
    quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

std::string source_text(const row& setting, const origin& where) {
  switch (where.from) {
  case source::fallback: return "default";
  case source::distribution: return "default of a configuration file";
  case source::profile: return "profile";
  case source::file:
  case source::environment: return where.name;
  case source::command_line: return std::string{setting.flag};
  }
  return {};
}

void add_line(std::string& into, std::string line, const std::string& comment) {
  line.append(line.size() < comment_column ? comment_column - line.size() : 1, ' ');
  into.append(line).append("# ").append(comment).append("\n");
}

/// The default that is in effect, or in words.
void add_default(std::string& into, const row& setting, const settings& chosen) {
  const auto shown = setting.holds.show(chosen, setting.holds);
  const bool in_words = !setting.fallback.empty() && shown == setting.holds.show({}, setting.holds);
  add_line(into,
           concat("# ", setting.key) + ": " + (in_words ? std::string{setting.fallback} : shown),
           "default");
}

std::string_view shown_text(const given_text& each) {
  return each.shown.empty() ? each.text : each.shown;
}

void add_list(std::string& into, const row& setting, const given& known, const std::string& name,
              std::size_t depth) {
  const bool is_map = setting.holds.is_map;
  if (known.texts.empty())
    return add_line(into, name + (is_map ? ": {}" : ": []"), source_text(setting, known.where));
  add_line(into, name + ":", source_text(setting, known.where));
  for (const auto& each : known.texts) {
    const auto text = shown_text(each);
    const auto colon = is_map ? text.find(": ") : std::string_view::npos;
    into += indent(depth + 1);
    if (colon == std::string_view::npos)
      into.append("- ").append(in_quotes(text));
    else
      into.append(text.substr(0, colon)).append(": ").append(in_quotes(text.substr(colon + 2)));
    into += "\n";
  }
}

void add_value(std::string& into, const row& setting, const outcome& effective, const given& known,
               const std::string& name) {
  // A size or a duration in its plainest form, not as it was written.
  const bool is_hidden = !known.texts.empty() && !known.texts.front().shown.empty();
  const auto text =
    is_hidden ? known.texts.front().shown : setting.holds.show(*effective.chosen, setting.holds);
  add_line(into, name + ": " + in_quotes(text), source_text(setting, known.where));
}

/// Opens the sections of `key` that are not open yet; returns its last word.
std::string_view open_sections(std::string& into, std::string_view key, std::string_view previous,
                               std::size_t& depth) {
  depth = 0;
  bool is_open = true;
  for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
    const auto section = key.substr(0, dot);
    is_open = is_open && previous.substr(0, previous.find('.')) == section &&
              previous.find('.') != std::string_view::npos;
    if (!is_open)
      into += indent(depth) + std::string{section} + ":\n";
    else
      previous.remove_prefix(section.size() + 1);
    key.remove_prefix(dot + 1);
    ++depth;
  }
  return key;
}

std::string shown_in(const endpoint_field& field, const given_text& each) {
  return each.shown.empty() ? without_secret(field, each.text) : each.shown;
}

void add_endpoint_field(std::string& into, const endpoint_field& field, const given& known,
                        const std::string& begin) {
  const auto source = source_text({}, known.where);
  if (field.kind == field_kind::text)
    return add_line(into, begin + in_quotes(shown_in(field, known.texts.front())), source);
  std::string values;
  for (const auto& each : known.texts) {
    const auto text = shown_in(field, each);
    const auto colon = field.kind == field_kind::map ? text.find(": ") : std::string::npos;
    values.append(values.empty() ? "" : ", ");
    if (colon == std::string::npos)
      values.append(in_quotes(text));
    else
      values.append(text.substr(0, colon))
        .append(": [")
        .append(in_quotes(text.substr(colon + 2)))
        .append("]");
  }
  const bool is_map = field.kind == field_kind::map;
  add_line(into, begin + (is_map ? "{" : "[") + values + (is_map ? "}" : "]"), source);
}

void add_endpoints(std::string& into, const std::vector<given_item>& endpoints) {
  if (endpoints.empty())
    return add_line(into, concat("# ", endpoints_key) + ": none", "default");
  into += "notifications:\n  endpoints:\n";
  for (const auto& one : endpoints) {
    std::string_view dash = "    - ";
    std::string_view section;
    for (std::size_t i = 0; i < one.fields.size(); ++i) {
      const auto& field = endpoint_fields()[i];
      if (one.fields[i].texts.empty())
        continue;
      auto begin = std::string{dash};
      dash = "      ";
      const auto dot = field.key.find('.');
      if (dot != std::string_view::npos) {
        if (section != field.key.substr(0, dot))
          into.append(begin).append(field.key.substr(0, dot)).append(":\n");
        begin = indent(4);
      }
      section = dot == std::string_view::npos ? "" : field.key.substr(0, dot);
      add_endpoint_field(into, field, one.fields[i],
                         begin + std::string{field.key.substr(dot + 1)} + ": ");
    }
  }
}

std::string in_flow(const yaml::node& value) {
  if (value.kind != yaml::node_kind::list)
    return in_quotes(value.text);
  std::string items;
  for (const auto& each : value.items)
    items.append(items.empty() ? "" : ", ").append(in_quotes(each.text));
  return "[" + items + "]";
}

/// The keys of a rule, which all are maps, texts, or lists of texts.
void add_rule_keys(std::string& into, const yaml::node& map, std::size_t depth) {
  for (const auto& each : map.items) {
    into.append(indent(depth)).append(each.key).append(":");
    if (each.kind == yaml::node_kind::map) {
      into += "\n";
      add_rule_keys(into, each, depth + 1);
    } else {
      into.append(" ").append(in_flow(each)).append("\n");
    }
  }
}

void add_quotas(std::string& into, const std::vector<given_item>& quotas, std::size_t depth,
                std::string_view name) {
  into += indent(depth) + std::string{name} + ":\n";
  for (const auto& one : quotas) {
    auto begin = indent(depth + 1) + "- ";
    for (std::size_t i = 0; i < one.fields.size(); ++i) {
      const auto& known = one.fields[i];
      if (known.texts.empty())
        continue;
      add_line(into,
               begin + std::string{quota_fields()[i].key} + ": " +
                 in_quotes(shown_text(known.texts.front())),
               source_text({}, known.where));
      begin = indent(depth + 2);
    }
  }
}

/// Only the first line of each rule says where it came from.
void add_rules(std::string& into, const given_rules& rules, std::string_view previous) {
  if (rules.where.from == source::fallback)
    return add_line(into, concat("# ", retention::rules_key) + ": none", "default");
  std::size_t depth = 0;
  const auto word = open_sections(into, retention::rules_key, previous, depth);
  const auto& name = rules.where.name;
  const auto begin = indent(depth) + std::string{word} + ":";
  if (rules.written.items.empty())
    return add_line(into, begin + " []", name);
  into.append(begin).append("\n");
  for (std::size_t i = 0; i < rules.written.items.size(); ++i) {
    std::string keys;
    add_rule_keys(keys, rules.written.items[i], depth + 2);
    keys.replace(keys.find_first_not_of(' ') - 2, 2, "- ");
    const auto line = rules.read[i].line;
    const auto end = keys.find('\n');
    add_line(into, keys.substr(0, end), line == 0 ? name : name + ":" + std::to_string(line));
    into += keys.substr(end + 1);
  }
}

/// Whether the key belongs between two rows that follow each other.
bool is_between(std::string_view key, const row& left, const row& right) {
  return left.key < key && key < right.key;
}

} // namespace

std::string render(const outcome& effective) {
  auto text = concat("version: ", file_version) + "\n";
  std::string_view previous;
  for (std::size_t i = 0; i < table().size(); ++i) {
    const auto& setting = table()[i];
    const auto& known = effective.sources[i];
    if (i > 0 && is_between(endpoints_key, table()[i - 1], setting)) {
      add_endpoints(text, effective.endpoints);
      previous = endpoints_key;
    }
    if (i > 0 && is_between(quotas_key, table()[i - 1], setting)) {
      std::size_t depth = 0;
      if (effective.quotas.empty()) {
        add_line(text, concat("# ", quotas_key) + ": none", "default");
      } else {
        const auto word = open_sections(text, quotas_key, previous, depth);
        add_quotas(text, effective.quotas, depth, word);
        previous = quotas_key;
      }
    }
    if (i > 0 && is_between(retention::rules_key, table()[i - 1], setting)) {
      add_rules(text, effective.rules, previous);
      if (effective.rules.where.from != source::fallback)
        previous = retention::rules_key;
    }
    if (known.where.from == source::fallback) {
      add_default(text, setting, *effective.chosen);
      continue;
    }
    std::size_t depth = 0;
    const auto word = open_sections(text, setting.key, previous, depth);
    const auto name = indent(depth) + std::string{word};
    if (setting.holds.is_list())
      add_list(text, setting, known, name, depth);
    else
      add_value(text, setting, effective, known, name);
    previous = setting.key;
  }
  return text;
}

} // namespace gantry::config
