#include "faults/json_members.hpp"

#include "base/text.hpp"
#include "config/values.hpp"
#include "http/field_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace gantry::faults {

namespace json = boost::json;

bool is_line(std::string_view text) noexcept {
  return std::ranges::all_of(text, http::is_field_text);
}

void members::text(std::string_view name, std::string& into) {
  read(name, [&](const json::value& found) {
    if (const auto* known = found.if_string())
      into.assign(known->data(), known->size());
    else
      refuse(name, "expected a text");
  });
}

void members::line(std::string_view name, std::string& into) {
  text(name, into);
  if (!is_line(into))
    refuse(name, "expected a text without control characters");
}

void members::number(std::string_view name, std::uint64_t& into, std::uint64_t least,
                     std::uint64_t most) {
  read(name, [&](const json::value& found) {
    boost::system::error_code ec;
    const auto known = found.to_number<std::uint64_t>(ec);
    if (ec || known < least || known > most)
      refuse(name, "expected a whole number from " + std::to_string(least) +
                     (most == no_limit ? " on" : " to " + std::to_string(most)));
    else
      into = known;
  });
}

void members::number(std::string_view name, std::optional<std::uint64_t>& into) {
  std::uint64_t known = 0;
  number(name, known);
  if (from_.contains(name))
    into = known;
}

void members::fraction(std::string_view name, double& into) {
  read(name, [&](const json::value& found) {
    boost::system::error_code ec;
    const auto known = found.to_number<double>(ec);
    if (ec || !(known >= 0 && known <= 1))
      refuse(name, "expected a number from 0 to 1, such as 0.5");
    else
      into = known;
  });
}

void members::flag(std::string_view name, bool& into) {
  read(name, [&](const json::value& found) {
    if (const auto* known = found.if_bool())
      into = *known;
    else
      refuse(name, "expected true or false");
  });
}

void members::duration(std::string_view name, std::chrono::milliseconds& into,
                       std::chrono::milliseconds most) {
  worded(name, [&](std::string_view text) { into = config::read_duration(text, {}, most); });
}

void members::size(std::string_view name, std::uint64_t& into) {
  const auto* found = from_.if_contains(name);
  if (found && found->is_string())
    worded(name, [&](std::string_view text) { into = config::read_size(text); });
  else
    number(name, into);
}

void members::object(std::string_view name, const std::function<void(members&)>& read_inner) {
  read(name, [&](const json::value& found) {
    if (const auto* known = found.if_object()) {
      members inner{*known, path_ + std::string{name} + ".", mistake_};
      read_inner(inner);
      inner.finish();
    } else {
      refuse(name, "expected an object");
    }
  });
}

void members::read(std::string_view name, const std::function<void(const json::value&)>& use) {
  known_.push_back(name);
  if (const auto* found = from_.if_contains(name); found && !mistake_)
    use(*found);
}

bool members::holds_object(std::string_view name) const {
  const auto* found = from_.if_contains(name);
  return found && found->is_object();
}

void members::refuse(std::string_view name, std::string_view what) {
  if (!mistake_)
    mistake_ = fail(errc::request_invalid, path_ + std::string{name} + ": " + std::string{what});
}

void members::finish() {
  for (const auto& member : from_) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (std::ranges::find(known_, name) != known_.end())
      continue;
    std::string list;
    for (const auto& each : known_)
      list.append(list.empty() ? "" : ", ").append(each);
    refuse(excerpt(name), "no such member; there are " + list);
    return;
  }
}

void members::worded(std::string_view name,
                     const std::function<void(std::string_view)>& read_text) {
  read(name, [&](const json::value& found) {
    const auto* known = found.if_string();
    if (!known)
      return refuse(name, "expected a text with a unit, such as \"500ms\"");
    try {
      read_text(std::string_view{known->data(), known->size()});
    } catch (const std::invalid_argument& wrong) {
      refuse(name, wrong.what());
    }
  });
}

} // namespace gantry::faults
