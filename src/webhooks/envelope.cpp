#include "webhooks/envelope.hpp"

#include "base/timestamp.hpp"
#include "watch/change_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace gantry::webhooks {

namespace {

namespace json = boost::json;

constexpr std::string_view envelope_type = "application/vnd.docker.distribution.events.v2+json";
constexpr std::string_view batch_type = "application/cloudevents-batch+json; charset=utf-8";
constexpr std::string_view type_prefix = "dev.gantry.registry.";
constexpr std::string_view test_action = "test";

json::object source_of(const event_source& from) {
  return {{"addr", from.address}, {"instanceID", from.instance}};
}

/// A deleted tag has no digest, as in docker's registry: the manifest may still be there.
json::object target_of(const logged_change& change, const event_source& from) {
  const auto& entry = change.entry;
  const auto repository = change.repository.to_string();
  json::object about;
  if (!entry.name || entry.after) {
    const auto id = entry.target().to_string();
    about["mediaType"] = entry.media_type;
    about["digest"] = id;
    about["size"] = entry.size;
    about["length"] = entry.size;
    if (entry.after)
      about["url"] = from.url + "/v2/" + repository + "/manifests/" + id;
  }
  about["repository"] = repository;
  if (entry.name)
    about["tag"] = entry.name->to_string();
  return about;
}

json::object request_of(const history_entry& entry, const event_source& from) {
  json::object request{{"id", from.ids.to_string(entry.change)}, {"host", from.host}};
  if (entry.by && !entry.by->address.empty())
    request["addr"] = entry.by->address;
  return request;
}

json::object distribution_event(const logged_change& change, const event_source& from) {
  const auto& entry = change.entry;
  json::object actor;
  if (watch::has_user(change))
    actor["name"] = entry.by->user;
  return {{"id", from.ids.to_string(entry.sequence)},
          {"timestamp", render_timestamp(entry.at)},
          {"action", action_of(entry.kind)},
          {"target", target_of(change, from)},
          {"request", request_of(entry, from)},
          {"actor", std::move(actor)},
          {"source", source_of(from)}};
}

json::object cloud_event(std::string_view kind, std::string_view id, time_point at,
                         const event_source& from) {
  return {{"specversion", "1.0"},
          {"id", id},
          {"source", from.url},
          {"type", std::string{type_prefix}.append(kind)},
          {"time", render_timestamp(at)}};
}

json::object cloud_event(const logged_change& change, const event_source& from) {
  const auto& entry = change.entry;
  auto event =
    cloud_event(to_string(entry.kind), from.ids.to_string(entry.sequence), entry.at, from);
  const auto repository = change.repository.to_string();
  event["subject"] = entry.name ? repository + ":" + entry.name->to_string()
                                : repository + "@" + entry.target().to_string();
  event["datacontenttype"] = "application/json";
  event["data"] = watch::to_json(change, watch::view::with_users);
  return event;
}

message in_envelope(json::array events) {
  return {envelope_type, json::serialize(json::object{{"events", std::move(events)}})};
}

message in_batch(json::array events) {
  return {batch_type, json::serialize(events)};
}

} // namespace

message render(format written_as, const std::vector<logged_change>& changes,
               const event_source& from) {
  const bool is_cloud = written_as == format::cloudevents;
  json::array events;
  events.reserve(changes.size());
  for (const auto& each : changes)
    events.push_back(is_cloud ? cloud_event(each, from) : distribution_event(each, from));
  return is_cloud ? in_batch(std::move(events)) : in_envelope(std::move(events));
}

message render_test(format written_as, std::string_view id, time_point now,
                    const event_source& from) {
  json::array events;
  if (written_as == format::cloudevents) {
    events.push_back(cloud_event(test_action, id, now, from));
    return in_batch(std::move(events));
  }
  events.push_back(json::object{{"id", id},
                                {"timestamp", render_timestamp(now)},
                                {"action", test_action},
                                {"target", json::object{}},
                                {"request", json::object{{"id", id}, {"host", from.host}}},
                                {"actor", json::object{}},
                                {"source", source_of(from)}});
  return in_envelope(std::move(events));
}

} // namespace gantry::webhooks
