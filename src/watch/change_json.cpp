#include "watch/change_json.hpp"

#include "base/timestamp.hpp"

#include <boost/json/value.hpp>

#include <optional>

namespace gantry::watch {

namespace {

boost::json::value text_or_null(const std::optional<digest>& id) {
  return id ? boost::json::value(id->to_string()) : boost::json::value(nullptr);
}

} // namespace

bool has_user(const logged_change& change) noexcept {
  return change.entry.by && !change.entry.by->user.empty();
}

boost::json::object to_json(const logged_change& change, view as) {
  const auto& entry = change.entry;
  boost::json::object object;
  object["sequence"] = entry.sequence;
  object["kind"] = to_string(entry.kind);
  object["time"] = render_timestamp(entry.at);
  object["repository"] = change.repository.to_string();
  object["tag"] =
    entry.name ? boost::json::value(entry.name->to_string()) : boost::json::value(nullptr);
  object["before"] = text_or_null(entry.before);
  object["after"] = text_or_null(entry.after);
  object["size"] = entry.size;
  object["mediaType"] = entry.media_type;
  if (as == view::with_users && has_user(change))
    object["user"] = entry.by->user;
  return object;
}

} // namespace gantry::watch
