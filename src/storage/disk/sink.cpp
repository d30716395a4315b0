#include "storage/disk/sink.hpp"

#include "storage/disk/layout.hpp"
#include "storage/disk/upload_record.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <tuple>
#include <utility>

namespace gantry::storage {

namespace {

/// Continues with the hash of the record, or has the bytes hashed again. False if nothing can
/// confirm them.
bool take_hash(upload_record& record, resumed_upload& resumed) {
  if (!record.stale && record.hash) {
    resumed.hash = std::move(*record.hash);
    return true;
  }
  if (record.stale && !record.hash)
    return false;
  resumed.unhashed = true;
  // After a reboot the bytes count only if their hash matches.
  if (record.stale)
    resumed.expected = record.hash->peek();
  return true;
}

} // namespace

disk_sink::~disk_sink() {
  if (!saved_)
    discard();
  else
    forget_bytes();
  // After the engine was cleared, nothing stays.
  if (saved_ && claim_.is_current())
    ++home().left;
}

result<resumed_upload> disk_sink::resume(upload_claim claimed) {
  auto& home = claimed.home();
  const auto id = claimed.id();
  const auto unknown = fail(errc::upload_unknown, id.to_string());
  auto found = home.records.find(id);
  if (!found)
    return found.error();
  auto& record = *found;
  if (!record) {
    home.forget(id); // it may be damaged
    return unknown;
  }
  auto data = open_for_writing(home.folder.uploads(), layout::data_name(id));
  if (!data)
    return data.error();
  auto sink = std::make_unique<disk_sink>(std::move(claimed));
  sink->saved_ = true;
  sink->home().not_left();
  sink->has_data_file_ = data->has_value();
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
    const auto names = sink->data_.names();
    if (!names)
      return names.error();
    sink->shared_ = *names > 1;
    if (!sink->shared_) {
      if (auto cut = sink->data_.truncate(offset); !cut)
        return cut.error();
    }
  } else {
    sink->text_ = std::move(record->inline_bytes);
  }
  sink->size_ = offset;
  sink->home().bytes += offset;
  if (sink->is_inline() && sink->text_.size() != offset) {
    sink->discard();
    return unknown;
  }
  resumed_upload resumed{record->whose.repository, record->position, hasher{record->algorithm},
                         std::move(sink)};
  if (!take_hash(*record, resumed)) {
    resumed.sink->discard();
    return unknown;
  }
  return resumed;
}

result<void> disk_sink::take(std::span<const std::byte> bytes) {
  if (!home().reserve.restore())
    return fail(errc::disk_full);
  if (is_inline() && text_.size() + bytes.size() > home().inline_threshold) {
    if (auto moved = move_to_file(); !moved)
      return moved;
  }
  if (auto own = unshare(); !own)
    return own;
  if (is_inline()) {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  } else if (auto written = data_.write(bytes, size_); !written) {
    // Bytes already written lie past the recorded end, where they are ignored.
    return written;
  }
  size_ += bytes.size();
  home().bytes += bytes.size();
  return {};
}

result<void> disk_sink::move_to_file() {
  // An earlier process may have left a file that belongs to a blob, too: it must not be emptied.
  if (has_data_file_) {
    if (auto removed = remove_file(home().folder.uploads(), layout::data_name(claim_.id()));
        !removed)
      return removed.error();
  }
  auto created = create_file(home().folder.uploads(), layout::data_name(claim_.id()));
  if (!created)
    return created.error();
  if (auto written = created->write(std::as_bytes(std::span{text_}), 0); !written) {
    std::ignore = remove_file(home().folder.uploads(), layout::data_name(claim_.id()));
    return written;
  }
  data_ = std::move(*created);
  has_data_file_ = true;
  text_ = std::string{};
  return {};
}

result<taken_over> disk_sink::take_over(int descriptor) {
  assert(size_ == 0 && is_inline() && !saved_);
  const auto folder = home().folder.uploads();
  auto& system = folder.system();
  struct stat found {};
  if (system.status(descriptor, found) != 0)
    return system_failure(errno, "look at a file");
  const auto size = static_cast<std::uint64_t>(found.st_size);
  if (size <= home().inline_threshold)
    return taken_over::not_at_all;
  const auto name = layout::data_name(claim_.id());
  auto how = taken_over::linked;
  if (system.link_open(descriptor, folder.descriptor(), name.c_str()) != 0) {
    auto clone = create_file(folder, name);
    if (!clone)
      return clone.error();
    if (system.clone(clone->descriptor(), descriptor) != 0) {
      std::ignore = remove_file(folder, name);
      return taken_over::not_at_all;
    }
    how = taken_over::cloned;
  }
  auto data = open_for_reading(folder, name);
  if (!data)
    return data.error();
  if (!*data)
    return fail(errc::storage_failed);
  data_ = std::move(**data);
  has_data_file_ = true;
  size_ = size;
  home().bytes += size;
  return how;
}

result<taken_over> take_over(blob_sink& sink, int descriptor) {
  auto* on_disk = dynamic_cast<disk_sink*>(&sink);
  return on_disk ? on_disk->take_over(descriptor) : result<taken_over>{taken_over::not_at_all};
}

result<void> disk_sink::unshare() {
  if (!shared_)
    return {};
  const auto folder = home().folder.uploads();
  const auto aside = layout::data_name(claim_.id()) + ".new";
  auto copy = create_file(folder, aside);
  if (!copy)
    return copy.error();
  auto copied = copy_bytes(data_, *copy, size_);
  if (copied)
    copied = rename_file(folder, aside, folder, layout::data_name(claim_.id()));
  if (!copied) {
    std::ignore = remove_file(folder, aside);
    return copied;
  }
  data_ = std::move(*copy);
  shared_ = false;
  return {};
}

result<std::size_t> disk_sink::read(std::span<std::byte> buffer, std::uint64_t offset) const {
  const auto begin = std::min(offset, size_);
  const auto part = buffer.first(std::min<std::uint64_t>(buffer.size(), size_ - begin));
  if (!is_inline())
    return data_.read(part, begin);
  const auto text = std::as_bytes(std::span{text_}).subspan(begin, part.size());
  std::copy(text.begin(), text.end(), part.begin());
  return part.size();
}

result<void> disk_sink::save(const repository_name& repository, const upload_position& position,
                             const hasher& hash) {
  assert(position.offset == size_);
  if (!claim_.is_current())
    return fail(errc::unavailable);
  if (!home().reserve.restore())
    return fail(errc::disk_full);
  if (auto kept =
        home().records.save({claim_.id(), repository, home().now()}, position, hash, text_);
      !kept)
    return kept;
  saved_ = true;
  return {};
}

void disk_sink::discard() noexcept {
  const auto folder = home().folder.uploads();
  if (has_data_file_)
    std::ignore = remove_file(folder, layout::data_name(claim_.id()));
  if (saved_)
    home().records.forget(claim_.id());
  saved_ = false;
  has_data_file_ = false;
  data_ = file{};
  text_ = std::string{};
  forget_bytes();
}

void disk_sink::forget_bytes() noexcept {
  home().bytes -= std::exchange(size_, 0);
}

result<file> disk_sink::move_to(const digest& id) {
  const auto folder = home().folder.blob_folder(id);
  if (!folder)
    return folder.error();
  const auto held = data_.size();
  if (!held)
    return held.error();
  if (*held != size_) {
    if (auto own = unshare(); !own)
      return own.error();
    if (auto cut = data_.truncate(size_); !cut)
      return cut.error();
  }
  if (auto durable = data_.sync(); !durable)
    return durable.error();
  if (auto named = give_name(*folder, layout::file_name(id)); !named)
    return named.error();
  if (auto kept = sync_folder(*folder); !kept)
    return kept.error();
  return std::move(data_);
}

result<void> disk_sink::give_name(folder_view folder, const std::string& name) {
  const auto uploads = home().folder.uploads();
  if (saved_) {
    const auto linked = link_file(uploads, layout::data_name(claim_.id()), folder, name);
    if (!linked)
      return linked.error();
    if (*linked)
      return {};
  }
  // The file system has no hard links, or the upload need not survive publication.
  auto named = rename_file(uploads, layout::data_name(claim_.id()), folder, name);
  if (named)
    has_data_file_ = false;
  return named;
}

} // namespace gantry::storage
