#include "storage/memory/blob.hpp"

#include "storage/memory/blob_index.hpp"
#include "storage/memory/prices.hpp"
#include "storage/memory/room_maker.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry::storage {

memory_blob::memory_blob(const digest& id, memory_bytes bytes, std::weak_ptr<blob_index> index,
                         std::uint64_t generation)
  : id_{id}, bytes_{std::move(bytes)}, index_{std::move(index)}, generation_{generation} {}

memory_blob::~memory_blob() {
  if (const auto index = index_.lock())
    index->forget(*this);
}

blob_source memory_blob::source() const {
  if (!bytes_.file)
    return std::string_view{bytes_.text};
  return file_range{bytes_.file.descriptor(), bytes_.file.begin(), map()};
}

page<repository_name> memory_blob::list_linking(const page_request& request) const {
  page<repository_name> listed;
  const lock_guard lock{mutex_};
  for (auto next = linking_.upper_bound(std::string_view{request.last}); next != linking_.end();
       ++next) {
    if (!listed.items.empty() && listed.items.back() == **next)
      continue;
    if (listed.items.size() >= request.limit) {
      listed.more = request.limit > 0;
      break;
    }
    listed.items.push_back(**next);
  }
  return listed;
}

std::string_view memory_blob::map() const noexcept {
  const lock_guard lock{mutex_};
  if (mapping_.bytes().empty())
    mapping_ = bytes_.file.map(bytes_.size);
  return mapping_.bytes();
}

blob_link::blob_link(std::shared_ptr<const memory_blob> linked, const repository_name& from)
  : target_{std::move(linked)}, from_{&from} {
  assert(target_);
  const lock_guard lock{target_->mutex_};
  target_->linking_.insert(from_);
  ++target_->links_;
}

blob_link::~blob_link() {
  if (!target_)
    return;
  {
    const lock_guard lock{target_->mutex_};
    target_->linking_.erase(from_);
  }
  --target_->links_;
}

memory_sink::memory_sink(byte_claim claim, std::shared_ptr<memory_arena> arena,
                         std::size_t inline_threshold, std::uint64_t generation,
                         std::weak_ptr<room_maker> room)
  : taken_{std::make_shared<memory_collection>(
      memory_collection{{.claim = std::move(claim), .text = {}, .file = {}, .size = 0},
                        std::move(arena),
                        inline_threshold})},
    generation_{generation},
    room_{std::move(room)} {}

void memory_sink::append(std::span<const std::byte> bytes, completion<void> done) {
  with_room(room_, std::move(done), [taken = taken_, bytes] { return taken->take(bytes); });
}

result<void> memory_collection::take(std::span<const std::byte> more) {
  if (auto claimed = take_room(bytes.claim, more.size()); !claimed)
    return claimed;
  if (auto written = write(more); !written) {
    bytes.claim.shrink(more.size());
    return written;
  }
  bytes.size += more.size();
  return {};
}

result<void> memory_collection::write(std::span<const std::byte> more) {
  if (!bytes.file && more.size() <= inline_threshold - bytes.text.size()) {
    bytes.text.append(reinterpret_cast<const char*>(more.data()), more.size());
    return {};
  }
  if (!bytes.file) {
    if (auto moved = move_to_file(); !moved)
      return moved;
  }
  return bytes.file.write(more, bytes.size);
}

result<void> memory_collection::move_to_file() {
  auto file = arena->open_file();
  if (!file)
    return file.error();
  if (auto written = file->write(std::as_bytes(std::span{bytes.text}), 0); !written)
    return written;
  if (auto claimed = take_room(bytes.claim, prices::blob_file); !claimed)
    return claimed;
  bytes.file = std::move(*file);
  bytes.text = std::string{};
  return {};
}

result<std::size_t> memory_sink::read(std::span<std::byte> buffer, std::uint64_t offset) const {
  const auto& bytes = taken_->bytes;
  const auto begin = std::min(offset, bytes.size);
  const auto part = buffer.first(std::min<std::uint64_t>(buffer.size(), bytes.size - begin));
  if (!bytes.file) {
    const auto text = std::as_bytes(std::span{bytes.text}).subspan(begin, part.size());
    std::copy(text.begin(), text.end(), part.begin());
  } else if (auto read = bytes.file.read(part, begin); !read) {
    return std::move(read).error();
  }
  return part.size();
}

void memory_sink::discard() noexcept {
  auto& bytes = taken_->bytes;
  bytes.text = std::string{};
  bytes.file = memory_file{};
  bytes.claim.release();
  bytes.size = 0;
}

memory_bytes memory_sink::release() {
  auto& bytes = taken_->bytes;
  bytes.text.shrink_to_fit();
  bytes.claim.shrink(prices::open_upload);
  return std::move(bytes);
}

} // namespace gantry::storage
