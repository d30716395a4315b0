#include "bench/registry_client.hpp"

#include "bench/answer_checks.hpp"
#include "bench/registry_url.hpp"

#include <algorithm>
#include <utility>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

registry_client::registry_client(asio::io_context& context, const registry_site& site,
                                 std::chrono::milliseconds timeout)
  : context_{context},
    site_{site},
    timeout_{timeout},
    connection_{context, site.server, timeout},
    prefix_{site.prefix + "/v2/"} {
  if (site.permission.how != access_rules::scheme::none)
    authorizer_ =
      std::make_shared<authorizer>(context, site.permission, prefix_, timeout, recorder_);
}

void registry_client::check_deadline(steady_clock::time_point now) {
  connection_.check_deadline(now);
  if (authorizer_)
    authorizer_->check_deadline(now);
  for (const auto& each : helpers_)
    each->connection_.check_deadline(now);
}

void registry_client::abort() {
  connection_.abort();
  if (authorizer_)
    authorizer_->abort();
  for (const auto& each : helpers_)
    each->connection_.abort();
}

asio::awaitable<bool> registry_client::push(const image& what, const upload_settings& how) {
  for (const auto& layer : what.layers)
    if (!co_await push_blob(what.repository, layer, how))
      co_return false;
  if (!co_await push_blob(what.repository, what.config, how))
    co_return false;
  co_return co_await put_manifest(what, what.tag);
}

asio::awaitable<bool> registry_client::put_manifest(const image& what, std::string_view tag) {
  const auto target = manifest_target(what.repository, tag);
  request put{verb::put, target};
  put.content_type = media_types::manifest;
  put.body = payload{what.manifest};
  const auto check = [&] { return check_answer(answer_, 201, what.manifest_digest); };
  if (!co_await perform(operation::put_manifest, put, body_use::drop, check))
    co_return false;
  moved(what.manifest.size());
  co_return true;
}

asio::awaitable<bool> registry_client::push_blob(std::string_view repository,
                                                 const image_blob& blob,
                                                 const upload_settings& how) {
  if (!blob.mounted_from.empty())
    co_return co_await mount_blob(repository, blob, how);
  const auto blob_path = blob_target(repository, blob.digest);
  request head{verb::head, blob_path};
  const auto absent = [&] {
    return answer_.status == 200 ? "already_there" : check_answer(answer_, 404, {});
  };
  if (!co_await perform(operation::head_blob, head, body_use::drop, absent))
    co_return false;
  co_return co_await upload_blob(repository, blob, how);
}

asio::awaitable<bool> registry_client::upload_blob(std::string_view repository,
                                                   const image_blob& blob,
                                                   const upload_settings& how) {
  std::string location;
  const bool opened = co_await open_upload(repository, location);
  if (!opened)
    co_return false;
  co_return co_await send_blob(blob, how, std::move(location));
}

asio::awaitable<bool> registry_client::open_upload(std::string_view repository,
                                                   std::string& location) {
  const auto uploads = uploads_target(repository);
  const request post{verb::post, uploads};
  const auto opened = [&] { return take_location(answer_, uploads, location); };
  co_return co_await perform(operation::start_upload, post, body_use::drop, opened);
}

asio::awaitable<bool> registry_client::mount_blob(std::string_view repository,
                                                  const image_blob& blob,
                                                  const upload_settings& how) {
  auto target = with_digest(uploads_target(repository), blob.digest, "mount");
  target.append("&from=").append(blob.mounted_from);
  std::string location;
  const request post{verb::post, target};
  const auto mounted_or_opened = [&] {
    return answer_.status == 201 ? check_answer(answer_, 201, blob.digest)
                                 : take_location(answer_, target, location);
  };
  if (!co_await perform(operation::mount, post, body_use::drop, mounted_or_opened))
    co_return false;
  if (location.empty())
    co_return true;
  recorder_.mount_declined();
  co_return co_await send_blob(blob, how, std::move(location));
}

asio::awaitable<bool> registry_client::send_blob(const image_blob& blob, const upload_settings& how,
                                                 std::string location) {
  const bool at_once = how.mode == upload_mode::monolithic;
  const auto chunk = how.mode == upload_mode::chunked ? how.chunk_size : blob.size;
  if (!at_once && !co_await send_chunks(blob, chunk, how.mode == upload_mode::chunked, location))
    co_return false;

  const auto target = with_digest(location, blob.digest);
  request put{verb::put, target};
  put.content_type = media_types::octets;
  if (at_once)
    put.body = blob.content();
  const auto stored = [&] { return check_answer(answer_, 201, blob.digest); };
  if (!co_await perform(operation::finish_upload, put, body_use::drop, stored))
    co_return false;
  moved(blob.size);
  co_return true;
}

asio::awaitable<bool> registry_client::send_chunks(const image_blob& blob, std::uint64_t chunk_size,
                                                   bool ranged, std::string& location) {
  const auto content = blob.content();
  for (std::uint64_t sent = 0; sent < blob.size;) {
    const auto length = std::min(chunk_size, blob.size - sent);
    const auto range = std::to_string(sent) + "-" + std::to_string(sent + length - 1);
    const auto target = location;
    request patch{verb::patch, target};
    patch.content_type = media_types::octets;
    patch.content_range = ranged ? std::string_view{range} : std::string_view{};
    patch.body = content.slice(sent, length);
    sent += length;
    const auto accepted = [&] {
      auto wrong = take_location(answer_, target, location);
      const bool other =
        !answer_.range.empty() && !answer_.range.ends_with("-" + std::to_string(sent - 1));
      return wrong.empty() && other ? "other_range" : wrong;
    };
    if (!co_await perform(operation::patch_upload, patch, body_use::drop, accepted))
      co_return false;
  }
  co_return true;
}

asio::awaitable<bool> registry_client::head(const image& what) {
  const auto target = manifest_target(what.repository, what.tag);
  request ask{verb::head, target};
  ask.accept = media_types::manifest;
  const auto described = [&] {
    return check_description(answer_, what.manifest_digest, what.manifest.size());
  };
  co_return co_await perform(operation::head_manifest, ask, body_use::drop, described);
}

asio::awaitable<bool> registry_client::head_blob(std::string_view repository,
                                                 const image_blob& blob) {
  const auto target = blob_target(repository, blob.digest);
  const request ask{verb::head, target};
  const auto described = [&] { return check_description(answer_, blob.digest, blob.size); };
  co_return co_await perform(operation::head_blob, ask, body_use::drop, described);
}

asio::awaitable<bool> registry_client::pull(const image& what, const pull_settings& how) {
  bool well = co_await head(what);
  if (well)
    well = co_await pull_manifest(what);
  if (well)
    well = co_await pull_blobs(what, how);
  co_return well;
}

asio::awaitable<bool> registry_client::pull_manifest(const image& what) {
  const auto target = manifest_target(what.repository, what.tag);
  request get{verb::get, target};
  get.accept = media_types::manifest;
  const auto same = [&] {
    auto wrong = check_answer(answer_, 200, what.manifest_digest);
    return wrong.empty() && answer_.body != what.manifest ? "other_bytes" : wrong;
  };
  if (!co_await perform(operation::get_manifest, get, body_use::keep, same))
    co_return false;
  moved(what.manifest.size());
  co_return true;
}

asio::awaitable<bool> registry_client::erase(const image& what) {
  const auto manifest = manifest_target(what.repository, what.manifest_digest);
  if (!co_await erase_one(operation::delete_manifest, manifest))
    co_return false;
  if (!co_await erase_blob(what.repository, what.config.digest))
    co_return false;
  for (const auto& layer : what.layers)
    if (!co_await erase_blob(what.repository, layer.digest))
      co_return false;
  co_return true;
}

asio::awaitable<bool> registry_client::erase_blob(std::string_view repository,
                                                  std::string_view digest) {
  const auto target = blob_target(repository, digest);
  co_return co_await erase_one(operation::delete_blob, target);
}

asio::awaitable<bool> registry_client::erase_manifest(const image& what) {
  const auto target = manifest_target(what.repository, what.manifest_digest);
  const request erase{verb::delete_, target};
  const auto gone = [&] { return check_answer(answer_, 202, {}); };
  co_return co_await perform(operation::delete_manifest, erase, body_use::drop, gone);
}

asio::awaitable<bool> registry_client::erase_one(operation step, std::string_view target) {
  request erase{verb::delete_, target};
  const auto gone = [&] {
    return answer_.status == 404 ? std::string{} : check_answer(answer_, 202, {});
  };
  co_return co_await perform(step, erase, body_use::drop, gone);
}

asio::awaitable<bool> registry_client::cut_off(operation step, const request& what,
                                               std::uint64_t bytes) {
  auto sent = what;
  std::string authorization;
  if (authorizer_) {
    authorization = co_await authorizer_->authorize(what.target);
    sent.authorization = authorization;
  }
  const auto begun = steady_clock::now();
  error_code ec;
  co_await connection_.cut_off(sent, bytes, ec);
  enter(step, begun, ec ? name_of(ec) : std::string{});
  co_return !ec;
}

std::string registry_client::manifest_target(std::string_view repository,
                                             std::string_view reference) const {
  std::string target;
  target.reserve(prefix_.size() + repository.size() + reference.size() + 16);
  return target.append(prefix_).append(repository).append("/manifests/").append(reference);
}

std::string registry_client::blob_target(std::string_view repository,
                                         std::string_view digest) const {
  std::string target;
  target.reserve(prefix_.size() + repository.size() + digest.size() + 16);
  return target.append(prefix_).append(repository).append("/blobs/").append(digest);
}

std::string registry_client::uploads_target(std::string_view repository) const {
  return prefix_ + std::string{repository} + "/blobs/uploads/";
}

} // namespace gantry::bench
