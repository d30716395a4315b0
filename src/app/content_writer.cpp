#include "app/content_writer.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <istream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::app {

namespace {

/// Until the link is made, which is at once.
constexpr std::chrono::minutes publishing_lease{1};

constexpr std::uint64_t buffer_size = 256 * 1024;

template <class T>
T take(result<T> outcome) {
  if (!outcome) {
    throw std::runtime_error{std::string{to_string(outcome.error().code)} + ": " +
                             outcome.error().detail};
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

} // namespace

content_writer::content_writer(storage_engine& engine, const repository_name& name)
  : engine_{&engine}, repository_{engine.metadata().open(name)} {}

void content_writer::put_blob(const descriptor& blob, std::istream& content) {
  auto present = engine_->blobs().find(blob.target);
  auto linked = present ? std::move(*present) : publish(blob, content);
  wait_for<void>(
    [&](completion<void> done) { repository_->link_blob(std::move(linked), std::move(done)); });
}

void content_writer::put_blob(std::string_view content) {
  std::istringstream stream{std::string{content}};
  put_blob(descriptor{.media_type = {}, .target = digest::of(content), .size = content.size()},
           stream);
}

void content_writer::put_manifest(manifest value, std::vector<tag> tags) {
  manifest_write write{.value = std::make_shared<const manifest>(std::move(value)),
                       .tags = std::move(tags),
                       .require_references = false};
  wait_for<void>(
    [&](completion<void> done) { repository_->put_manifest(std::move(write), std::move(done)); });
}

blob_ptr content_writer::publish(const descriptor& blob, std::istream& content) {
  auto sink = take(engine_->blobs().open_sink(upload_id::generate()));
  hasher state{blob.target.algorithm()};
  std::vector<char> buffer(std::clamp<std::uint64_t>(blob.size, 1, buffer_size));
  while (content) {
    content.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto bytes =
      std::as_bytes(std::span{buffer}.first(static_cast<std::size_t>(content.gcount())));
    state.update(bytes);
    take(sink->append(bytes));
  }
  if (content.bad())
    throw std::runtime_error{"blob " + blob.target.to_string() + " cannot be read"};
  if (sink->size() != blob.size)
    throw std::runtime_error{"blob " + blob.target.to_string() + " has " +
                             std::to_string(sink->size()) + " bytes, not " +
                             std::to_string(blob.size)};
  if (const auto found = state.peek(); found != blob.target)
    throw std::runtime_error{"blob " + blob.target.to_string() + " has the digest " +
                             found.to_string()};
  return wait_for<blob_ptr>([&](completion<blob_ptr> done) {
    const auto lease_until = std::chrono::system_clock::now() + publishing_lease;
    engine_->blobs().publish(std::move(sink), blob.target, lease_until, std::move(done));
  });
}

} // namespace gantry::app
