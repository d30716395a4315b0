#include "replay/player.hpp"

#include "replay/request_key.hpp"

#include <algorithm>
#include <utility>

namespace gantry::replay {

namespace {

/// Requests that a message lists.
constexpr std::size_t most_listed = 3;

std::string name_of(const recorded& exchange) {
  return exchange.method + " " + exchange.target;
}

} // namespace

player::player(std::vector<recorded> session, order kept)
  : session_{std::move(session)}, order_{kept} {
  const lock_guard held{lock_};
  for (const auto& each : session_) {
    auto key = request_key(each.method, each.target);
    equals_[key].places.push_back(keys_.size());
    keys_.push_back(std::move(key));
  }
}

found player::next(std::string_view method, std::string_view target) {
  const auto key = request_key(method, target);
  const lock_guard held{lock_};
  return order_ == order::strict ? next_in_order(key) : next_of_equals(key);
}

void player::rewind() {
  const lock_guard held{lock_};
  asked_ = 0;
  for (auto& [key, equals] : equals_)
    equals.asked = 0;
}

found player::next_in_order(const std::string& key) {
  const auto all = std::to_string(session_.size());
  if (asked_ == session_.size())
    return {.expected = "none: all " + all + " recorded requests were asked"};
  const auto& exchange = session_[asked_];
  if (keys_[asked_] != key)
    return {.expected =
              name_of(exchange) + ", number " + std::to_string(asked_ + 1) + " of " + all};
  ++asked_;
  return {.exchange = &exchange};
}

found player::next_of_equals(const std::string& key) {
  const auto known = equals_.find(key);
  if (known == equals_.end())
    return {.expected = missing()};
  auto& [places, asked] = known->second;
  const auto place = places[std::min(asked, places.size() - 1)];
  ++asked;
  return {.exchange = &session_[place]};
}

std::string player::missing() const {
  std::string list;
  std::size_t more = 0;
  for (std::size_t place = 0; place < session_.size(); ++place) {
    const auto& equals = equals_.at(keys_[place]);
    const auto number = std::ranges::lower_bound(equals.places, place) - equals.places.begin();
    if (static_cast<std::size_t>(number) < equals.asked)
      continue;
    if (++more <= most_listed)
      list.append(list.empty() ? "" : ", ").append(name_of(session_[place]));
  }
  if (more > most_listed)
    list += " and " + std::to_string(more - most_listed) + " more";
  return list.empty() ? "none: all recorded requests were asked" : list;
}

} // namespace gantry::replay
