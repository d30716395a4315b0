#include "storage/api/quota_ledger.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace gantry {

namespace {

bool exceeds(std::uint64_t used, std::uint64_t more, std::optional<std::uint64_t> limit) noexcept {
  return limit && more > 0 && (used > *limit || more > *limit - used);
}

bool exceeds(const quota& limits, quota_use use, quota_use more) noexcept {
  return exceeds(use.bytes, more.bytes, limits.bytes) || exceeds(use.tags, more.tags, limits.tags);
}

std::string fill_of(std::string_view name, std::string_view unit, std::uint64_t used,
                    std::uint64_t limit, std::uint64_t more) {
  return "the quota " + std::string{name} + " has " + std::to_string(used) + " of " +
         std::to_string(limit) + ' ' + std::string{unit} + " in use, and this needs " +
         std::to_string(more) + " more";
}

/// Exact, also for limits whose product with 100 would overflow.
bool has_reached(std::uint64_t used, std::uint64_t limit, unsigned percent) noexcept {
  const auto whole = limit / 100;
  const auto rest = limit % 100;
  return used >= whole * percent + (rest * percent + 99) / 100;
}

} // namespace

quota_ledger::quota_ledger(std::vector<quota> quotas,
                           std::function<void(const quota_crossing&)> told)
  : quotas_{std::move(quotas)}, told_{std::move(told)}, accounts_(quotas_.size()) {
  for (place i = 0; i < quotas_.size(); ++i)
    (quotas_[i].within ? within_[quotas_[i].within->to_string()] : everywhere_).push_back(i);
}

quota_ledger::places quota_ledger::places_of(const repository_name& name) const {
  auto found = everywhere_;
  const auto& text = name.to_string();
  for (auto end = text.find('/'); !within_.empty(); end = text.find('/', end + 1)) {
    if (const auto at = within_.find(text.substr(0, end)); at != within_.end())
      found.insert(found.end(), at->second.begin(), at->second.end());
    if (end == std::string::npos)
      break;
  }
  std::ranges::sort(found);
  return found;
}

std::optional<quota_ledger::place> quota_ledger::find_full(const places& of, quota_use more) const {
  for (const auto each : of)
    if (exceeds(quotas_[each], accounts_[each].use, more))
      return each;
  return std::nullopt;
}

bool quota_ledger::has_room(const repository_name& name, quota_use more) const {
  const auto of = places_of(name);
  const lock_guard lock{mutex_};
  return !find_full(of, more);
}

result<void> quota_ledger::check(const repository_name& name, quota_use more) {
  const auto of = places_of(name);
  const lock_guard lock{mutex_};
  const auto full = find_full(of, more);
  return full ? result<void>{refuse_here(*full, accounts_[*full].use, more)} : result<void>{};
}

result<void> quota_ledger::take(const places& of, quota_use more) {
  const lock_guard lock{mutex_};
  if (const auto full = find_full(of, more))
    return refuse_here(*full, accounts_[*full].use, more);
  add(of, {}, more);
  return {};
}

void quota_ledger::change(const places& of, quota_use before, quota_use after) {
  crossings found;
  {
    const lock_guard lock{mutex_};
    add(of, before, after);
    judge(of, found);
  }
  tell(found);
}

result<void> quota_ledger::move(const places& from, const places& to, quota_use use) {
  crossings found;
  {
    places gaining;
    std::ranges::set_difference(to, from, std::back_inserter(gaining));
    const lock_guard lock{mutex_};
    if (const auto full = find_full(gaining, use))
      return refuse_here(*full, accounts_[*full].use, use);
    add(from, use, {});
    add(to, {}, use);
    judge(from, found);
    judge(to, found);
  }
  tell(found);
  return {};
}

void quota_ledger::set(place which, quota_use use) {
  crossings found;
  {
    const lock_guard lock{mutex_};
    accounts_[which].use = use;
    judge({which}, found);
  }
  tell(found);
}

error quota_ledger::refusal(place which, quota_use has, quota_use more) const {
  const auto& limits = quotas_[which];
  if (exceeds(has.bytes, more.bytes, limits.bytes))
    return fail(errc::quota_exceeded,
                fill_of(limits.name, "bytes", has.bytes, *limits.bytes, more.bytes));
  return fail(errc::quota_exceeded,
              fill_of(limits.name, "tags", has.tags, limits.tags.value_or(0), more.tags));
}

void quota_ledger::count_refusal(place which) {
  const lock_guard lock{mutex_};
  ++accounts_[which].refusals;
}

error quota_ledger::refuse_here(place which, quota_use has, quota_use more) {
  ++accounts_[which].refusals;
  return refusal(which, has, more);
}

std::vector<quota_state> quota_ledger::list() const {
  std::vector<quota_state> listed;
  listed.reserve(quotas_.size());
  const lock_guard lock{mutex_};
  for (place i = 0; i < quotas_.size(); ++i)
    listed.push_back({quotas_[i], accounts_[i].use, accounts_[i].refusals});
  return listed;
}

void quota_ledger::add(const places& of, quota_use before, quota_use after) {
  for (const auto each : of) {
    auto& use = accounts_[each].use;
    use.bytes += after.bytes - before.bytes; // wraps around if it shrinks
    use.tags += after.tags - before.tags;
  }
}

void quota_ledger::judge(const places& of, crossings& found) {
  for (const auto each : of) {
    const auto& use = accounts_[each].use;
    judge_part(each, quota_part::bytes, use.bytes, quotas_[each].bytes, found);
    judge_part(each, quota_part::tags, use.tags, quotas_[each].tags, found);
  }
}

void quota_ledger::judge_part(place which, quota_part part, std::uint64_t used,
                              std::optional<std::uint64_t> limit, crossings& found) {
  if (!limit)
    return;
  unsigned reached = 0;
  for (const auto percent : told_percent)
    if (has_reached(used, *limit, percent))
      reached = percent;
  auto& told = accounts_[which].told[static_cast<std::size_t>(part)];
  if (reached > told)
    found.push_back({quotas_[which].name, part, reached, used, *limit});
  told = reached;
}

void quota_ledger::tell(const crossings& found) const {
  if (told_)
    for (const auto& each : found)
      told_(each);
}

quota_use growth(quota_use before, quota_use after) noexcept {
  return {after.bytes - std::min(before.bytes, after.bytes),
          after.tags - std::min(before.tags, after.tags)};
}

bool has_outgrown(const quota& limits, quota_use before, quota_use after) noexcept {
  return exceeds(limits, before, growth(before, after));
}

quota_share::quota_share(std::shared_ptr<quota_ledger> ledger, const repository_name& of)
  : ledger_{std::move(ledger)} {
  if (ledger_)
    places_ = ledger_->places_of(of);
}

quota_share& quota_share::operator=(quota_share&& other) noexcept {
  std::swap(ledger_, other.ledger_);
  std::swap(places_, other.places_);
  std::swap(held_, other.held_);
  return *this;
}

result<void> quota_share::take(quota_use more) {
  if (places_.empty())
    return {};
  auto taken = ledger_->take(places_, more);
  if (taken)
    held_ = {held_.bytes + more.bytes, held_.tags + more.tags};
  return taken;
}

void quota_share::settle(quota_use use) {
  const auto before = std::exchange(held_, use);
  if (!places_.empty())
    ledger_->change(places_, before, use);
}

result<quota_share> quota_share::move_to(const repository_name& other) {
  quota_share next{ledger_, other};
  if (!ledger_)
    return next;
  if (auto moved = ledger_->move(places_, next.places_, held_); !moved)
    return std::move(moved).error();
  next.held_ = std::exchange(held_, {});
  places_.clear();
  ledger_ = nullptr;
  return next;
}

} // namespace gantry
