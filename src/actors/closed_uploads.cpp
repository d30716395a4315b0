#include "actors/closed_uploads.hpp"

#include <iterator>
#include <utility>

namespace gantry {

namespace {

/// List and map nodes, id, digest, deadline.
constexpr std::size_t overhead = 384;

std::size_t bytes_of(const closed_upload& what) {
  std::size_t sum = overhead + what.repository.to_string().size();
  if (const auto* why = std::get_if<error>(&what.outcome))
    sum += why->detail.size();
  return sum;
}

} // namespace

void closed_uploads::remember(const upload_id& id, closed_upload what, time_point now) {
  const auto bytes = bytes_of(what);
  const lock_guard lock{mutex_};
  if (const auto known = index_.find(id); known != index_.end())
    drop(known->second);
  while (!entries_.empty() &&
         (entries_.front().until <= now || entries_.size() >= limits_.entries ||
          bytes_ + bytes > limits_.bytes))
    drop(entries_.begin());
  entries_.push_back({id, std::move(what), now + limits_.kept, bytes});
  index_.emplace(id, std::prev(entries_.end()));
  bytes_ += bytes;
}

std::optional<closed_upload>
closed_uploads::find(const upload_id& id, const repository_name& repository, time_point now) const {
  const lock_guard lock{mutex_};
  const auto known = index_.find(id);
  if (known == index_.end() || known->second->until <= now ||
      known->second->what.repository != repository)
    return std::nullopt;
  return known->second->what;
}

void closed_uploads::clear() {
  entry_list dropped; // destroyed after the lock is released
  const lock_guard lock{mutex_};
  dropped.swap(entries_);
  index_.clear();
  bytes_ = 0;
}

void closed_uploads::clear_of(const std::function<bool(const repository_name&)>& concerned) {
  const lock_guard lock{mutex_};
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto each = next++;
    if (concerned(each->what.repository))
      drop(each);
  }
}

std::size_t closed_uploads::size() const {
  const lock_guard lock{mutex_};
  return entries_.size();
}

std::size_t closed_uploads::bytes() const {
  const lock_guard lock{mutex_};
  return bytes_;
}

void closed_uploads::drop(entry_list::iterator gone) {
  bytes_ -= gone->bytes;
  index_.erase(gone->id);
  entries_.erase(gone);
}

} // namespace gantry
