#include "transfer/content_writer.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <istream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace gantry::transfer {

namespace {

/// Until the link is made, which is at once.
constexpr std::chrono::minutes publishing_lease{1};

constexpr std::uint64_t buffer_size = 256 * 1024;

/// Stores that stay open.
constexpr std::size_t max_stores = 64;

template <class T>
T take(result<T> outcome) {
  if (!outcome) {
    const auto& failed = outcome.error();
    const auto reason =
      std::string{to_string(failed.code)} + (failed.detail.empty() ? "" : ": " + failed.detail);
    if (failed.code == errc::insufficient_storage || failed.code == errc::disk_full)
      throw engine_full{reason};
    throw std::runtime_error{reason};
  }
  if constexpr (!std::is_void_v<T>)
    return std::move(*outcome);
}

// Waits for the answer to a write, which may come from a thread of the engine.
template <class T, class Write>
T wait_for(Write write) {
  std::promise<result<T>> answer;
  write([&answer](result<T> outcome) { answer.set_value(std::move(outcome)); });
  return take(answer.get_future().get());
}

void link(repository_store& into, blob_ptr linked) {
  wait_for<void>(
    [&](completion<void> done) { into.link_blob(std::move(linked), std::move(done)); });
}

} // namespace

void incoming_blob::append(std::span<const std::byte> bytes) {
  hash_.update(bytes);
  take(sink_->append(bytes));
}

bool content_writer::link_present(const repository_name& repository, const digest& id) {
  auto present = engine_->blobs().find(id);
  if (!present && present.error().code == errc::blob_unknown)
    return false;
  link(store(repository), take(std::move(present)));
  return true;
}

bool content_writer::put_blob(const repository_name& repository, const descriptor& blob,
                              std::istream& content) {
  if (link_present(repository, blob.target))
    return false;
  auto incoming = receive(blob.target.algorithm());
  std::vector<char> buffer(std::clamp<std::uint64_t>(blob.size, 1, buffer_size));
  while (content) {
    content.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto count = static_cast<std::size_t>(content.gcount());
    incoming.append(std::as_bytes(std::span{buffer}.first(count)));
    note(count);
  }
  const auto id = blob.target.to_string();
  if (content.bad())
    throw std::runtime_error{"blob " + id + " cannot be read"};
  if (incoming.size() != blob.size)
    throw wrong_content{"blob " + id + " has " + std::to_string(incoming.size()) + " bytes, not " +
                        std::to_string(blob.size)};
  if (const auto found = incoming.id(); found != blob.target)
    throw wrong_content{"blob " + id + " has the digest " + found.to_string()};
  store_blob(repository, std::move(incoming));
  return true;
}

void content_writer::put_blob(const repository_name& repository, std::string_view content) {
  std::istringstream stream{std::string{content}};
  put_blob(repository,
           descriptor{.media_type = {}, .target = digest::of(content), .size = content.size()},
           stream);
}

incoming_blob content_writer::receive(digest_algorithm algorithm) {
  return {take(engine_->blobs().open_sink(upload_id::generate())), algorithm};
}

void content_writer::put_blob(const repository_name& repository, incoming_blob content) {
  if (!link_present(repository, content.id()))
    store_blob(repository, std::move(content));
}

void content_writer::store_blob(const repository_name& repository, incoming_blob content) {
  const auto id = content.id();
  const auto size = content.size();
  auto published = wait_for<blob_ptr>([&](completion<blob_ptr> done) {
    const auto lease_until = std::chrono::system_clock::now() + publishing_lease;
    engine_->blobs().publish(std::move(content.sink_), id, lease_until, std::move(done));
  });
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
  wait_for<missing_references>([&](completion<missing_references> done) {
    store(repository).put_manifest(std::move(write), std::move(done));
  });
}

void content_writer::expect(std::uint64_t bytes) {
  total_ += bytes;
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
