#include "embed/content.hpp"

#include "domain/image_manifest.hpp"
#include "runtime/ask.hpp"
#include "runtime/ask_repository.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gantry::embed {

namespace asio = boost::asio;

namespace {

/// Bytes of a layer in one message.
constexpr std::size_t slice_size = 256 * 1024;
/// Entries of a list in one message.
constexpr std::size_t page_size = 1000;
/// How long a repository that keeps falling asleep is woken again.
constexpr std::chrono::seconds patience{30};

std::string reason_of(const error& failure) {
  return std::string{to_string(failure.code)} +
         (failure.detail.empty() ? "" : ": " + failure.detail);
}

template <class Exception, class T>
T value_or(result<T> outcome) {
  if (!outcome)
    throw Exception{reason_of(outcome.error())};
  if constexpr (!std::is_void_v<T>)
    return std::move(*outcome);
}

/// The value, or an exception for a mistake of the caller.
template <class T>
T parsed(result<T> outcome) {
  return value_or<std::invalid_argument>(std::move(outcome));
}

/// The value, or an exception for a refusal of the registry.
template <class T>
T answered(result<T> outcome) {
  return value_or<std::runtime_error>(std::move(outcome));
}

msg::chunk copy(std::string_view bytes) {
  auto storage = std::make_shared<std::byte[]>(bytes.size());
  std::memcpy(storage.get(), bytes.data(), bytes.size());
  return {std::move(storage), bytes.size()};
}

/// Sends the bytes as one chunk, in slices. Errors: those of the session.
asio::awaitable<result<void>> send(upload_session_actor session, std::string_view bytes) {
  msg::begin_chunk begin{chunk_announcement{std::nullopt, bytes.size(), true}};
  auto open = co_await runtime::ask_plainly(session, std::move(begin));
  if (!open)
    co_return std::move(open).error();
  while (!bytes.empty()) {
    const auto slice = bytes.substr(0, slice_size);
    msg::append_chunk append{open->number, copy(slice)};
    auto taken = co_await runtime::ask_plainly(session, std::move(append));
    if (!taken)
      co_return std::move(taken).error();
    bytes.remove_prefix(slice.size());
  }
  msg::end_chunk end{open->number};
  auto closed = co_await runtime::ask_plainly(session, std::move(end));
  if (!closed)
    co_return std::move(closed).error();
  co_return result<void>{};
}

/// Uploads a blob. Errors: those of start_upload and of the session.
asio::awaitable<result<void>> put_blob(registry_services& services, repository_name name, digest id,
                                       std::string_view bytes) {
  msg::start_upload start{digest_algorithm::sha256, false};
  auto upload = co_await runtime::ask_repository(services, name, start, true, patience);
  if (!upload)
    co_return std::move(upload).error();
  auto sent = co_await send(upload->session, bytes);
  if (!sent) {
    runtime::tell(upload->session, msg::cancel_upload{});
    co_return std::move(sent).error();
  }
  msg::finish_upload finish{id};
  auto published = co_await runtime::ask_plainly(upload->session, std::move(finish));
  if (!published)
    co_return std::move(published).error();
  co_return result<void>{};
}

template <class T>
void append_names(std::vector<std::string>& names, const page<T>& found) {
  for (const auto& each : found.items)
    names.push_back(each.to_string());
}

page_request page_after(const std::vector<std::string>& names) {
  return {page_size, names.empty() ? std::string{} : names.back()};
}

template <class T>
auto wait_for(asio::io_context& thread, asio::awaitable<T> work) {
  return asio::co_spawn(thread, std::move(work), asio::use_future).get();
}

} // namespace

std::string content::push(const image& pushed) {
  const auto name = parsed(repository_name::parse(pushed.repository));
  std::vector<tag> tags;
  if (!pushed.tag.empty())
    tags.push_back(parsed(tag::parse(pushed.tag)));
  new_image parts{{}, pushed.config, pushed.config_type, pushed.annotations};
  for (const auto& layer : pushed.layers)
    parts.layers.push_back({pushed.layer_type, digest::of(layer), layer.size()});
  const auto texts = render_image(parts);
  auto stored = std::make_shared<const manifest>(
    parsed(manifest::parse(texts.manifest, parsed(media_type::parse(media_types::oci_manifest)))));
  const auto put = [&](const digest& id, std::string_view bytes) {
    answered(wait_for(*thread_, put_blob(*services_, name, id, bytes)));
  };
  put(digest::of(texts.config), texts.config);
  for (std::size_t i = 0; i < parts.layers.size(); ++i)
    put(parts.layers[i].target, pushed.layers[i]);
  msg::put_manifest store{stored, std::move(tags)};
  answered(wait_for(*thread_,
                    runtime::ask_repository(*services_, name, std::move(store), true, patience)));
  return stored->id().to_string();
}

std::vector<std::string> content::tags(const std::string& repository) {
  const auto name = parsed(repository_name::parse(repository));
  std::vector<std::string> names;
  for (bool more = true; more;) {
    msg::list_tags list{page_after(names)};
    auto found = wait_for(
      *thread_, runtime::ask_repository(*services_, name, std::move(list), false, patience));
    if (!found && found.error().code == errc::name_unknown)
      return {};
    const auto reply = answered(std::move(found));
    append_names(names, reply.tags);
    more = reply.tags.more;
  }
  return names;
}

std::vector<std::string> content::repositories() {
  std::vector<std::string> names;
  for (bool more = true; more;) {
    msg::list_repositories list{page_after(names)};
    const auto reply = answered(
      wait_for(*thread_, runtime::ask_plainly(services_->directory.get(), std::move(list))));
    append_names(names, reply.names);
    more = reply.names.more;
  }
  return names;
}

void content::catch_up() {
  answered(wait_for(*thread_, runtime::ask_plainly(services_->collector.get(), msg::catch_up{})));
}

void content::reset() {
  answered(wait_for(*thread_, runtime::ask_plainly(services_->directory.get(), msg::reset{})));
}

repository_name content::reset(const std::string& top) {
  const bool has_slash = !top.empty() && top.back() == '/';
  auto name = parsed(repository_name::parse(top.substr(0, top.size() - (has_slash ? 1 : 0))));
  msg::reset forget{name};
  answered(wait_for(*thread_, runtime::ask_plainly(services_->directory.get(), std::move(forget))));
  return name;
}

std::uint64_t content::snapshot() {
  return answered(wait_for(*thread_,
                           runtime::ask_plainly(services_->directory.get(), msg::take_snapshot{})))
    .taken.id;
}

void content::restore(std::uint64_t id) {
  msg::restore_snapshot restore{id};
  answered(
    wait_for(*thread_, runtime::ask_plainly(services_->directory.get(), std::move(restore))));
}

void content::remove_snapshot(std::uint64_t id) {
  msg::remove_snapshot remove{id};
  answered(wait_for(*thread_, runtime::ask_plainly(services_->directory.get(), std::move(remove))));
}

} // namespace gantry::embed
