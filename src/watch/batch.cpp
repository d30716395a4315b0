#include "watch/batch.hpp"

#include "watch/change_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace gantry::watch {

namespace {

namespace json = boost::json;

void append_event(std::string& text, const event_ids& ids, std::uint64_t number,
                  std::string_view name, const json::object& data) {
  text.append("id: ");
  ids.append(text, number);
  text.append("\nevent: ").append(name).append("\ndata: ");
  text.append(json::serialize(data)).append("\n\n");
}

} // namespace

batch::batch(std::uint64_t after, std::uint64_t last, const std::vector<logged_change>& changes,
             const event_ids& ids)
  : batch{after, last} {
  const bool shows_users = std::ranges::any_of(changes, has_user);
  events_.reserve(changes.size());
  for (const auto& each : changes) {
    auto object = to_json(each, view::without_users);
    const auto kind = to_string(each.entry.kind);
    const auto number = each.entry.sequence;
    append_event(texts_[0], ids, number, kind, object);
    if (has_user(each))
      object["user"] = each.entry.by->user;
    if (shows_users)
      append_event(texts_[1], ids, number, kind, object);
    events_.push_back({number,
                       each.repository.to_string(),
                       each.entry.name ? each.entry.name->to_string() : std::string{},
                       {texts_[0].size(), texts_[1].size()}});
  }
}

batch batch::make_reset(std::uint64_t after, std::uint64_t last, const event_ids& ids) {
  batch made{after, last};
  made.is_reset_ = true;
  append_event(made.texts_[0], ids, last, "reset", {});
  made.events_.push_back({last, {}, {}, {made.texts_[0].size(), 0}});
  return made;
}

} // namespace gantry::watch
