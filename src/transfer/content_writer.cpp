#include "transfer/content_writer.hpp"

#include "storage/api/answer_of.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::transfer {

namespace {

/// Covers the time until the link is made, which follows immediately.
constexpr std::chrono::minutes publishing_lease{1};

constexpr std::uint64_t copy_size = 256 * 1024;

/// Repository stores kept open.
constexpr std::size_t max_stores = 64;

void check_size(const descriptor& blob, std::uint64_t size) {
  if (size != blob.size)
    leave_out("blob " + blob.target.to_string() + " has " + std::to_string(size) + " bytes, not " +
              std::to_string(blob.size));
}

void link(repository_store& into, blob_ptr linked) {
  demand(answer_of(into, &repository_store::link_blob, std::move(linked)));
}

} // namespace

void incoming_blob::append(std::span<const std::byte> bytes) {
  if (!given_)
    hash_.update(bytes);
  demand(answer_of(*sink_, &blob_sink::append, bytes));
}

std::optional<std::uint64_t> content_writer::link_present(const repository_name& repository,
                                                          const digest& id) {
  auto present = answer_of(engine_->blobs(), &blob_engine::find, id);
  if (!present && present.error().code == errc::blob_unknown)
    return std::nullopt;
  auto found = demand(std::move(present));
  const auto size = found->size();
  link(store(repository), std::move(found));
  return size;
}

bool content_writer::has_arrived(const repository_name& repository, const descriptor& blob,
                                 const source_file& content) {
  check_size(blob, content.size());
  if (const auto present = link_present(repository, blob.target)) {
    note(*present);
    return true;
  }
  if (const auto known = broken_.find(blob.target); known != broken_.end())
    leave_out(known->second);
  return false;
}

void content_writer::put_blob(const repository_name& repository, const descriptor& blob,
                              source_file& content) {
  if (has_arrived(repository, blob, content))
    return;
  const auto id = blob.target.to_string();
  try {
    auto incoming = copy(blob, content);
    check_size(blob, incoming.size());
    if (const auto found = incoming.id(); found != blob.target)
      leave_out("blob " + id + " has the digest " + found.to_string());
    store_blob(repository, std::move(incoming));
  } catch (const broken_entry& reason) {
    broken_.emplace(blob.target, reason.what());
    throw;
  }
}

void content_writer::adopt_blob(const repository_name& repository, const descriptor& blob,
                                source_file& content, const file_adopter& adopt, bool verify) {
  if (has_arrived(repository, blob, content))
    return;
  auto incoming = receive_as(blob.target);
  const auto how = adopt(*incoming.sink_, content.descriptor());
  if (how == adoption::none)
    return put_blob(repository, blob, content);
  check_size(blob, incoming.size());
  if (verify)
    check_digest(blob, content);
  else
    note(blob.size);
  store_blob(repository, std::move(incoming));
  ++(how == adoption::linked ? report_.linked : report_.cloned);
  report_.adopted_bytes += blob.size;
}

void content_writer::check_digest(const descriptor& blob, source_file& content) {
  hasher hash{blob.target.algorithm()};
  std::vector<std::byte> buffer(copy_size);
  while (const auto count = content.read(buffer)) {
    hash.update(std::span{buffer}.first(count));
    note(count);
  }
  if (const auto found = hash.peek(); found != blob.target) {
    broken_.emplace(blob.target,
                    "blob " + blob.target.to_string() + " has the digest " + found.to_string());
    leave_out(broken_.at(blob.target));
  }
}

// Reads no further than the descriptor's size, even if the file grows meanwhile.
incoming_blob content_writer::copy(const descriptor& blob, source_file& content) {
  auto incoming = receive(blob.target.algorithm());
  std::vector<std::byte> buffer(std::clamp<std::uint64_t>(blob.size, 1, copy_size));
  while (incoming.size() < blob.size) {
    const auto part = std::min<std::uint64_t>(buffer.size(), blob.size - incoming.size());
    const auto count = content.read(std::span{buffer}.first(static_cast<std::size_t>(part)));
    if (count == 0)
      break;
    incoming.append(std::span{buffer}.first(count));
    note(count);
  }
  return incoming;
}

void content_writer::put_blob(const repository_name& repository, std::string_view content) {
  auto incoming = receive();
  incoming.append(std::as_bytes(std::span{content}));
  put_blob(repository, std::move(incoming));
}

incoming_blob content_writer::receive(digest_algorithm algorithm) {
  return {demand(answer_of(engine_->uploads(), &upload_engine::open_sink, upload_id::generate())),
          algorithm};
}

incoming_blob content_writer::receive_as(const digest& id) {
  return {demand(answer_of(engine_->uploads(), &upload_engine::open_sink, upload_id::generate())),
          id};
}

void content_writer::put_blob(const repository_name& repository, incoming_blob content) {
  if (!link_present(repository, content.id()))
    store_blob(repository, std::move(content));
}

void content_writer::store_blob(const repository_name& repository, incoming_blob content) {
  const auto id = content.id();
  const auto size = content.size();
  const auto lease_until = std::chrono::system_clock::now() + publishing_lease;
  auto published = demand(
    answer_of(engine_->blobs(), &blob_engine::publish, std::move(content.sink_), id, lease_until));
  link(store(repository), std::move(published));
  ++report_.blobs;
  report_.bytes += size;
}

void content_writer::put_manifest(const repository_name& repository, manifest value,
                                  std::vector<tag> tags) {
  ++report_.manifests;
  report_.tags += tags.size();
  manifest_write write{.value = std::make_shared<const manifest>(std::move(value)),
                       .tags = std::move(tags)};
  demand(answer_of(store(repository), &repository_store::put_manifest, std::move(write)));
}

bool content_writer::contains(const repository_name& repository, const digest& id) {
  const auto& within = store(repository);
  return answer_of(within, &repository_store::find_manifest, id).has_value() ||
         answer_of(within, &repository_store::find_blob, id).has_value();
}

manifest_ptr content_writer::find_manifest(const repository_name& repository,
                                           const reference& name) {
  auto found = answer_of(store(repository), &repository_store::find_manifest, name);
  if (!found && found.error().code == errc::manifest_unknown)
    return nullptr;
  return demand(std::move(found));
}

// Saturates because a source can declare sizes with any sum.
void content_writer::expect(std::uint64_t bytes) {
  total_ += std::min(bytes, std::numeric_limits<std::uint64_t>::max() - total_);
  note(0);
}

void content_writer::note(std::uint64_t bytes) {
  done_ += bytes;
  total_ = std::max(total_, done_);
  if (progress_)
    progress_(done_, total_);
}

repository_store& content_writer::store(const repository_name& name) {
  if (const auto found = stores_.find(name); found != stores_.end())
    return *found->second;
  if (stores_.size() >= max_stores)
    stores_.clear();
  return *stores_.emplace(name, engine_->metadata().open(name)).first->second;
}

} // namespace gantry::transfer
