#include "api/listing_json.hpp"

#include "base/timestamp.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

namespace json = boost::json;

void add_time(json::object& row, std::string_view name, const std::optional<time_point>& time) {
  if (time)
    row[name] = render_timestamp(*time);
}

void add_pulls(json::object& row, const listing::pull_summary& pulls) {
  add_time(row, "pulled", pulls.last);
  row["pulls"] = pulls.count;
}

json::object row_of(const listing::repository_record& each) {
  json::object row{{"name", each.name.to_string()},
                   {"tags", each.tags},
                   {"manifests", each.manifests},
                   {"own_bytes", each.own_bytes},
                   {"shared_bytes", each.shared_bytes}};
  add_time(row, "pushed", each.pushed);
  add_pulls(row, each.pulls);
  return row;
}

json::object row_of(const listing::tag_record& each) {
  json::object row{{"name", each.name.to_string()},
                   {"digest", each.target.to_string()},
                   {"mediaType", each.media_type},
                   {"size", each.size},
                   {"platforms", json::array(each.platforms.begin(), each.platforms.end())}};
  add_time(row, "pushed", each.pushed);
  if (!each.pushed_by.empty())
    row["pushed_by"] = each.pushed_by;
  add_pulls(row, each.pulls);
  json::object referrers;
  for (const auto& [type, count] : each.referrers)
    referrers[type] = count;
  row["referrers"] = std::move(referrers);
  return row;
}

json::object row_of(const listing::manifest_record& each) {
  json::object row{{"repository", each.repository.to_string()},
                   {"digest", each.id.to_string()},
                   {"mediaType", each.media_type}};
  if (!each.artifact_type.empty())
    row["artifactType"] = each.artifact_type;
  row["size"] = each.size;
  row["platforms"] = json::array(each.platforms.begin(), each.platforms.end());
  row["tags"] = json::array(each.tags.begin(), each.tags.end());
  return row;
}

template <class Record>
json::array rows_of(const std::vector<Record>& records) {
  json::array rows;
  rows.reserve(records.size());
  for (const auto& each : records)
    rows.push_back(row_of(each));
  return rows;
}

} // namespace

std::string render(const std::vector<listing::repository_record>& listed) {
  return json::serialize(json::object{{"repositories", rows_of(listed)}});
}

std::string render(const repository_name& in, const std::vector<listing::tag_record>& listed) {
  return json::serialize(json::object{{"repository", in.to_string()}, {"tags", rows_of(listed)}});
}

std::string render(const std::vector<listing::manifest_record>& found) {
  return json::serialize(json::object{{"manifests", rows_of(found)}});
}

} // namespace gantry::api
