#include "watch/event_id.hpp"

#include "base/text.hpp"
#include "domain/changes.hpp"

#include <algorithm>

namespace gantry::watch {

event_ids::event_ids(std::string mark) : suffix_{mark.empty() ? mark : "-" + mark} {}

void event_ids::append(std::string& text, std::uint64_t number) const {
  text.append(std::to_string(number)).append(suffix_);
}

std::string event_ids::to_string(std::uint64_t number) const {
  std::string text;
  append(text, number);
  return text;
}

std::optional<std::uint64_t> event_ids::parse(std::string_view text) const {
  const auto mark = text.substr(std::min(text.find('-'), text.size()));
  const auto number = whole_number(text.substr(0, text.size() - mark.size()));
  const bool is_mark = mark.size() != 1 && mark.size() <= 33 &&
                       std::ranges::all_of(mark.substr(std::min<std::size_t>(1, mark.size())),
                                           [](char c) { return hex_value(c) >= 0; });
  if (!number || !is_mark)
    return std::nullopt;
  return mark == suffix_ ? *number : after_all_changes;
}

} // namespace gantry::watch
