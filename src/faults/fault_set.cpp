#include "faults/fault_set.hpp"

#include <algorithm>
#include <utility>

#include <fnmatch.h>

namespace gantry::faults {

namespace {

bool fits(const std::string& pattern, std::string_view text) {
  return pattern.empty() || ::fnmatch(pattern.c_str(), std::string{text}.c_str(), 0) == 0;
}

bool matches(const target& wanted, const subject& request) {
  return (wanted.method.empty() || wanted.method == request.method) &&
         fits(wanted.operation, request.operation) && fits(wanted.repository, request.repository) &&
         fits(wanted.reference, request.reference) && fits(wanted.user_agent, request.user_agent);
}

bool is_due(const schedule& when, const set_fault& counted, std::mt19937_64& random) {
  if (when.nth != 0 && counted.matched != when.nth)
    return false;
  if (when.every > 1 && counted.matched % when.every != 0)
    return false;
  if (when.probability < 1 && draw(random) >= when.probability)
    return false;
  return when.count == 0 || counted.hits < when.count;
}

} // namespace

std::vector<set_fault> fault_set::add(std::vector<rule> what) {
  std::vector<set_fault> added;
  const lock_guard lock{mutex_};
  if (entries_.size() + what.size() > max_faults)
    return added;
  for (auto& each : what) {
    entry made;
    made.random.seed(each.when.seed);
    made.fault.id = ++last_id_;
    made.fault.what = std::make_shared<const rule>(std::move(each));
    added.push_back(made.fault);
    entries_.push_back(std::move(made));
  }
  size_ = entries_.size();
  return added;
}

bool fault_set::remove(std::uint64_t id) {
  const lock_guard lock{mutex_};
  const auto removed = std::erase_if(entries_, [id](const entry& e) { return e.fault.id == id; });
  size_ = entries_.size();
  return removed != 0;
}

void fault_set::clear() {
  const lock_guard lock{mutex_};
  entries_.clear();
  size_ = 0;
}

std::vector<set_fault> fault_set::list() const {
  const lock_guard lock{mutex_};
  std::vector<set_fault> listed;
  for (const auto& each : entries_)
    listed.push_back(each.fault);
  return listed;
}

std::optional<hit> fault_set::strike(const subject& request) {
  const lock_guard lock{mutex_};
  for (auto& [fault, random] : entries_) {
    if (!matches(fault.what->match, request))
      continue;
    ++fault.matched;
    if (!is_due(fault.what->when, fault, random))
      continue;
    ++fault.hits;
    return hit{fault.what, draw(fault.what->does.delay, random)};
  }
  return std::nullopt;
}

} // namespace gantry::faults
