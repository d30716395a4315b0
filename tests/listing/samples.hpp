// Indexes of engines, for tests.
#pragma once

#include "listing/database.hpp"
#include "listing/follower.hpp"
#include "listing/lists.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/engine_contract.hpp"
#include "support/print_range.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

/// An index in memory of an engine.
struct followed_index {
  explicit followed_index(storage_engine& engine) : follows{engine, rows} {}

  /// To the end of the log.
  void catch_up() {
    BOOST_TEST(follows.catch_up([](std::uint64_t) { return true; }).value());
  }

  listing::database rows{""};
  listing::follower follows;
};

inline std::string day(time_point when) {
  return std::to_string(to_microseconds(when));
}

inline std::string words(const listing::pull_summary& pulls) {
  return std::to_string(pulls.count) + "@" + (pulls.last ? day(*pulls.last) : "never");
}

inline std::string words(const listing::repository_record& one) {
  return one.name.to_string() + " tags=" + std::to_string(one.tags) +
         " manifests=" + std::to_string(one.manifests) + " own=" + std::to_string(one.own_bytes) +
         " shared=" + std::to_string(one.shared_bytes) +
         " pushed=" + (one.pushed ? day(*one.pushed) : "never") + " pulls=" + words(one.pulls);
}

inline std::string words(const listing::tag_record& one) {
  std::string text = one.name.to_string() + " " + one.target.to_string() + " " + one.media_type +
                     " size=" + std::to_string(one.size);
  for (const auto& each : one.platforms)
    text += " " + each;
  text += " pushed=" + (one.pushed ? day(*one.pushed) : "unknown") + " by=" + one.pushed_by +
          " pulls=" + words(one.pulls);
  for (const auto& [type, count] : one.referrers)
    text += " " + type + "=" + std::to_string(count);
  return text;
}

inline std::string words(const listing::manifest_record& one) {
  std::string text = one.repository.to_string() + "@" + one.id.to_string() + " " + one.media_type +
                     " " + one.artifact_type + " size=" + std::to_string(one.size);
  for (const auto& each : one.platforms)
    text += " " + each;
  for (const auto& each : one.tags)
    text += " :" + each;
  return text;
}

template <class Record>
std::vector<std::string> all_words(const std::vector<Record>& records) {
  std::vector<std::string> texts;
  texts.reserve(records.size());
  for (const auto& each : records)
    texts.push_back(words(each));
  return texts;
}

inline std::vector<listing::repository_record> repositories_in(listing::database& rows) {
  return listing::list_repositories(rows.rows(), {.page = {.limit = 1000}}).value().items;
}

inline std::vector<listing::tag_record> tags_in(listing::database& rows, std::string_view where) {
  return listing::list_tags(rows.rows(), name(where), {.page = {.limit = 1000}}).value().items;
}

/// All that lists and searches show, in an order that does not depend on how the index was made.
inline std::vector<std::string> all_in(listing::database& rows) {
  std::vector<std::string> texts;
  for (const auto& each : repositories_in(rows)) {
    texts.push_back(words(each));
    for (const auto& line : all_words(tags_in(rows, each.name.to_string())))
      texts.push_back("  " + line);
  }
  listing::search_query noted{.annotations = {{"note"}}, .limit = 100'000};
  auto found = all_words(listing::search(rows.rows(), noted).value().items);
  std::ranges::sort(found);
  texts.insert(texts.end(), found.begin(), found.end());
  return texts;
}

/// A config for a platform, with labels.
inline std::string config_for(std::string_view architecture, const boost::json::object& labelled) {
  return boost::json::serialize(boost::json::object{
    {"architecture", architecture}, {"os", "linux"}, {"config", {{"Labels", labelled}}}});
}

} // namespace gantry::test
