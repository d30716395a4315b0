#include "yaml/keys.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"

namespace gantry::yaml {

void refuse(const node& value, const std::string& reason) {
  throw mistake{value.at, value.key.empty() ? reason : excerpt(value.key) + ": " + reason};
}

void refuse_key(const node& value, std::span<const std::string_view> known,
                const std::string& what) {
  auto reason = "'" + excerpt(value.key) + "' is not a key of " + what;
  const auto meant = gantry::nearest(value.key, known);
  if (!meant.empty())
    throw mistake{value.key_at, reason + "; did you mean '" + std::string{meant} + "'?"};
  reason += ", which has";
  for (std::size_t i = 0; i < known.size(); ++i)
    reason.append(i == 0 ? " " : i + 1 < known.size() ? ", " : " and ").append(known[i]);
  throw mistake{value.key_at, reason};
}

void demand_version_1(const node& value) {
  if (text_of(value, value.key, "1") != "1")
    refuse(value, "'" + excerpt(value.text) + "' is not known: write 1");
}

const std::string& text_of(const node& value, const std::string& key, const std::string& needed) {
  if (value.kind != node_kind::text)
    throw mistake{value.at, key + ": this is not a text: write " + needed};
  return value.text;
}

std::span<const node> items_of(const node& value, const std::string& needed) {
  if (value.kind == node_kind::list)
    return value.items;
  if (value.kind == node_kind::text)
    return {&value, 1};
  refuse(value, "this is not a list: write " + needed);
}

} // namespace gantry::yaml
