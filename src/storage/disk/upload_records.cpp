#include "storage/disk/upload_records.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

namespace gantry::storage {

namespace {

/// Of two records of one upload.
bool is_later(const upload_record& one, const upload_record& other) {
  return std::pair{one.position.offset, one.whose.saved} >
         std::pair{other.position.offset, other.whose.saved};
}

} // namespace

upload_records::upload_records(file slots, std::size_t largest_inline, std::string boot_id)
  : slot_size_{slot_size_for(largest_inline)},
    boot_id_{std::move(boot_id)},
    slots_{std::move(slots)} {
  const auto bytes = slots_.size();
  const auto slots_there = bytes ? (*bytes + slot_size_ - 1) / slot_size_ : 0;
  {
    const lock_guard lock{mutex_};
    end_ = slots_there;
  }
  for (slot_number slot = 0; slot < slots_there; ++slot)
    take_up(slot);
  cut_off_free_slots();
}

void upload_records::cut_off_free_slots() {
  slot_number before = 0;
  slot_number after = 0;
  {
    const lock_guard lock{mutex_};
    before = end_;
    while (end_ > 0 && free_.erase(end_ - 1) == 1)
      --end_;
    after = end_;
  }
  if (after < before)
    std::ignore = slots_.truncate(place_of(after)); // otherwise it stays longer than it needs to be
}

void upload_records::take_up(slot_number slot) {
  const auto text = read(slot);
  const auto record = text ? decode_record(*text, boot_id_) : std::nullopt;
  if (!record) {
    const lock_guard lock{mutex_};
    free_.insert(slot);
    return;
  }
  // A process that died between the new record and the end of the old one has left both.
  const auto other = find(record->whose.id);
  if (other && *other && is_later(**other, *record))
    release(slot);
  else
    point_to(slot, record->whose);
}

void upload_records::point_to(slot_number slot, const saved_upload& whose) {
  std::optional<slot_number> before;
  {
    const lock_guard lock{mutex_};
    const auto [at, is_new] = saved_.try_emplace(whose.id, entry{whose, slot});
    if (!is_new) {
      before = std::exchange(at->second.slot, slot);
      at->second.whose.saved = whose.saved;
    }
  }
  if (before)
    release(*before);
}

result<std::string> upload_records::read(slot_number slot) const {
  std::string text(page, '\0');
  auto got = slots_.read(std::as_writable_bytes(std::span{text}), place_of(slot));
  if (!got)
    return got.error();
  text.resize(*got);
  const auto whole = std::min(length_of_record(text), slot_size_);
  if (whole <= text.size())
    return text;
  const auto begin = text.size();
  text.resize(whole);
  got = slots_.read(std::as_writable_bytes(std::span{text}).subspan(begin), place_of(slot) + begin);
  if (!got)
    return got.error();
  text.resize(begin + *got);
  return text;
}

upload_records::slot_number upload_records::take_free() {
  const lock_guard lock{mutex_};
  if (free_.empty())
    return end_++;
  return free_.extract(free_.begin()).value();
}

void upload_records::release(slot_number slot) noexcept {
  static constexpr std::array<std::byte, 16> nothing{};
  // If this fails, the upload comes back after a restart, and is gone again if its bytes are.
  std::ignore = slots_.write(nothing, place_of(slot));
  const lock_guard lock{mutex_};
  free_.insert(slot);
}

result<void> upload_records::save(const saved_upload& whose, const upload_position& position,
                                  const hasher& hash, std::string_view inline_bytes) {
  const auto text = encode(whose, position, hash, inline_bytes, boot_id_);
  if (text.size() > slot_size_)
    return fail(errc::internal);
  // Into another slot: a process that dies halfway leaves the previous record.
  const auto slot = take_free();
  if (auto written = slots_.write(std::as_bytes(std::span{text}), place_of(slot)); !written) {
    release(slot);
    return written;
  }
  point_to(slot, whose);
  return {};
}

result<std::optional<upload_record>> upload_records::find(const upload_id& id) const {
  slot_number slot = 0;
  {
    const lock_guard lock{mutex_};
    const auto found = saved_.find(id);
    if (found == saved_.end())
      return std::optional<upload_record>{};
    slot = found->second.slot;
  }
  const auto text = read(slot);
  if (!text)
    return text.error();
  return decode_record(*text, boot_id_);
}

std::optional<time_point> upload_records::saved_at(const upload_id& id) const {
  const lock_guard lock{mutex_};
  const auto found = saved_.find(id);
  return found == saved_.end() ? std::nullopt : std::optional{found->second.whose.saved};
}

bool upload_records::forget(const upload_id& id) noexcept {
  slot_number slot = 0;
  {
    const lock_guard lock{mutex_};
    const auto found = saved_.find(id);
    if (found == saved_.end())
      return false;
    slot = found->second.slot;
    saved_.erase(found);
  }
  release(slot);
  return true;
}

std::size_t upload_records::size() const {
  const lock_guard lock{mutex_};
  return saved_.size();
}

std::vector<saved_upload> upload_records::all() const {
  const lock_guard lock{mutex_};
  std::vector<saved_upload> found;
  found.reserve(saved_.size());
  for (const auto& [id, each] : saved_)
    found.push_back(each.whose);
  return found;
}

} // namespace gantry::storage
