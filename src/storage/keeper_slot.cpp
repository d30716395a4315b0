#include "storage/keeper_slot.hpp"

#include "storage/api/answer_of.hpp"

#include <algorithm>

namespace gantry::storage {

using reserved = std::vector<reserved_digest>;

reservation::reservation(keeper_slot& from, reserved held) : from_{&from}, held_{std::move(held)} {
  std::ranges::sort(held_, {}, &reserved_digest::id);
}

reservation::~reservation() {
  from_->release(std::move(held_));
}

const reserved_digest* reservation::find(const digest& id) const {
  const auto found = std::ranges::lower_bound(held_, id, {}, &reserved_digest::id);
  return found == held_.end() || found->id != id ? nullptr : &*found;
}

void reservation::note_gone(const digest& id) {
  std::ranges::lower_bound(held_, id, {}, &reserved_digest::id)->is_gone = true;
}

void keeper_slot::set(lease_keeper* keeper) noexcept {
  const lock_guard lock{mutex_};
  keeper_ = keeper;
  had_keeper_ = had_keeper_ || keeper;
}

reservation keeper_slot::reserve(std::vector<digest> wanted, leased_digests leased) {
  if (wanted.empty())
    return {*this, {}};
  auto held = wait_for_answer<reserved>(
    [&](auto done) { ask(std::move(wanted), leased, std::move(done)); }, steps_);
  return {*this, held ? std::move(*held) : reserved{}};
}

void keeper_slot::reserve_later(const digest& wanted, leased_digests leased,
                                std::function<void(std::shared_ptr<reservation>)> done) {
  {
    const lock_guard lock{mutex_};
    if (!keeper_)
      return;
  }
  ask({wanted}, leased, [this, done = std::move(done)](result<reserved> held) {
    if (held && !held->empty())
      done(std::make_shared<reservation>(*this, std::move(*held)));
  });
}

void keeper_slot::ask(std::vector<digest> wanted, leased_digests leased,
                      completion<reserved> done) {
  reserved all;
  {
    const lock_guard lock{mutex_};
    if (keeper_)
      return keeper_->reserve(std::move(wanted), leased, std::move(done));
    if (had_keeper_)
      wanted.clear();
  }
  all.reserve(wanted.size());
  for (auto& each : wanted)
    all.push_back({std::move(each)});
  done(std::move(all));
}

void keeper_slot::release(reserved held) noexcept {
  if (held.empty())
    return;
  const lock_guard lock{mutex_};
  if (keeper_)
    keeper_->release(std::move(held));
}

} // namespace gantry::storage
