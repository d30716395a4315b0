#include "storage/disk/sink.hpp"

#include "storage/disk/layout.hpp"
#include "storage/disk/upload_record.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

result<std::string> read_all(const file& source) {
  const auto size = source.size();
  if (!size)
    return size.error();
  std::string text(*size, '\0');
  const auto got = source.read(std::as_writable_bytes(std::span{text}), 0);
  if (!got)
    return got.error();
  text.resize(*got);
  return text;
}

} // namespace

bool upload_folder::is_open(const upload_id& id) const {
  const std::lock_guard lock{mutex_};
  return open_.contains(id);
}

bool upload_folder::is_current(const upload_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = open_.find(id);
  return found != open_.end() && found->second == generation;
}

disk_sink::disk_sink(std::shared_ptr<upload_folder> home, const upload_id& id)
  : home_{std::move(home)}, id_{id}, generation_{home_->generation} {
  const std::lock_guard lock{home_->mutex_};
  home_->open_.insert_or_assign(id_, generation_);
}

disk_sink::~disk_sink() {
  if (!saved_)
    discard();
  else
    forget_bytes();
  const std::lock_guard lock{home_->mutex_};
  home_->open_.erase(id_);
}

result<resumed_upload> disk_sink::resume(std::shared_ptr<upload_folder> home, const upload_id& id) {
  const auto unknown = fail(errc::upload_unknown, id.to_string());
  const int folder = home->folder.uploads();
  auto opened = open_for_reading(folder, layout::record_name(id));
  if (!opened)
    return opened.error();
  if (!*opened)
    return unknown;
  const auto text = read_all(**opened);
  if (!text)
    return text.error();
  auto record = decode_record(*text, home->boot_id);
  auto data = open_for_writing(folder, layout::data_name(id));
  if (!data)
    return data.error();
  auto sink = std::make_unique<disk_sink>(std::move(home), id);
  sink->saved_ = true;
  sink->has_data_file_ = data->has_value();
  if (!record) {
    sink->discard();
    return unknown;
  }
  const auto offset = record->position.offset;
  if (*data && offset > record->inline_bytes.size()) {
    sink->data_ = std::move(**data);
    const auto size = sink->data_.size();
    if (!size)
      return size.error();
    if (*size < offset) {
      sink->discard();
      return unknown;
    }
    if (auto cut = sink->data_.truncate(offset); !cut)
      return cut.error();
  } else {
    sink->text_ = std::move(record->inline_bytes);
  }
  sink->size_ = offset;
  sink->home_->bytes += offset;
  if (sink->is_inline() && sink->text_.size() != offset) {
    sink->discard();
    return unknown;
  }
  if (record->stale || !record->hash) {
    auto anew = sink->hash_again(record->algorithm);
    if (!anew)
      return anew.error();
    const bool as_before = record->hash && record->hash->peek() == anew->peek();
    // Bytes of another run of the machine count only if their hash says so.
    if (record->stale && !as_before) {
      sink->discard();
      return unknown;
    }
    record->hash = std::move(*anew);
  }
  return resumed_upload{record->repository, record->position, std::move(*record->hash),
                        std::move(sink)};
}

result<void> disk_sink::append(std::span<const std::byte> bytes) {
  if (is_inline() && text_.size() + bytes.size() > home_->inline_threshold) {
    if (auto moved = move_to_file(); !moved)
      return moved;
  }
  if (is_inline()) {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  } else if (auto written = data_.write(bytes, size_); !written) {
    // What was written of them lies behind the end, where nobody looks.
    return written;
  }
  size_ += bytes.size();
  home_->bytes += bytes.size();
  return {};
}

result<void> disk_sink::move_to_file() {
  auto created = create_file(home_->folder.uploads(), layout::data_name(id_));
  if (!created)
    return created.error();
  if (auto written = created->write(std::as_bytes(std::span{text_}), 0); !written) {
    std::ignore = remove_file(home_->folder.uploads(), layout::data_name(id_));
    return written;
  }
  data_ = std::move(*created);
  has_data_file_ = true;
  text_ = std::string{};
  return {};
}

result<digest> disk_sink::hash(digest_algorithm algorithm) const {
  auto state = hash_again(algorithm);
  return state ? result<digest>{state->peek()} : result<digest>{state.error()};
}

result<hasher> disk_sink::hash_again(digest_algorithm algorithm) const {
  hasher state{algorithm};
  if (is_inline()) {
    state.update(std::as_bytes(std::span{text_}));
    return state;
  }
  std::vector<std::byte> buffer(256 * 1024);
  for (std::uint64_t offset = 0; offset < size_;) {
    const auto want = std::min<std::uint64_t>(buffer.size(), size_ - offset);
    const auto n = data_.read(std::span{buffer}.first(want), offset);
    if (!n)
      return n.error();
    if (*n == 0)
      return fail(errc::storage_failed);
    state.update(std::span{buffer}.first(*n));
    offset += *n;
  }
  return state;
}

result<void> disk_sink::save(const repository_name& repository, const upload_position& position,
                             const hasher& hash) {
  assert(position.offset == size_);
  if (generation_ != home_->generation)
    return fail(errc::unavailable);
  const auto record = encode(repository, position, hash, text_, home_->boot_id);
  const int folder = home_->folder.uploads();
  // Written aside and renamed: a process that ends half-way leaves the record of before.
  const auto aside = layout::record_name(id_) + ".new";
  auto created = create_file(folder, aside);
  if (!created)
    return created.error();
  auto written = created->write(std::as_bytes(std::span{record}), 0);
  if (written)
    written = rename_file(folder, aside, folder, layout::record_name(id_));
  if (!written) {
    std::ignore = remove_file(folder, aside);
    return written;
  }
  saved_ = true;
  return {};
}

void disk_sink::discard() noexcept {
  const int folder = home_->folder.uploads();
  if (has_data_file_)
    std::ignore = remove_file(folder, layout::data_name(id_));
  if (saved_)
    std::ignore = remove_file(folder, layout::record_name(id_));
  saved_ = false;
  has_data_file_ = false;
  data_ = file{};
  text_ = std::string{};
  forget_bytes();
}

void disk_sink::forget_bytes() noexcept {
  home_->bytes -= std::exchange(size_, 0);
}

std::string disk_sink::take_text() {
  auto text = std::move(text_);
  discard();
  return text;
}

result<file> disk_sink::move_to(const digest& id) {
  const auto folder = home_->folder.blob_folder(id);
  if (!folder)
    return folder.error();
  if (auto cut = data_.truncate(size_); !cut)
    return cut.error();
  if (auto durable = data_.sync(); !durable)
    return durable.error();
  auto named =
    rename_file(home_->folder.uploads(), layout::data_name(id_), *folder, layout::file_name(id));
  if (named) {
    has_data_file_ = false;
    named = sync_folder(*folder);
  }
  if (!named)
    return named.error();
  auto bytes = std::move(data_);
  discard();
  return bytes;
}

} // namespace gantry::storage
