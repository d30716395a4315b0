#include "bench/registry_client.hpp"

#include "base/text.hpp"
#include "bench/answer_checks.hpp"

#include <algorithm>
#include <utility>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

registry_client::registry_client(asio::io_context& context, const client::registry_site& site,
                                 const client::connection_settings& settings)
  : context_{context},
    site_{site},
    settings_{settings},
    connection_{context, site, settings},
    targets_{site.prefix} {
  connection_.observe_tokens([this](steady_clock::time_point begun, const std::string& fault) {
    recorder_.enter(operation::token, begun, fault);
  });
}

registry_client::registry_client(asio::io_context& context, const client::registry_site& site,
                                 const client::connection_settings& settings,
                                 const client::registry_connection& first)
  : context_{context},
    site_{site},
    settings_{settings},
    connection_{context, site, settings, first},
    targets_{site.prefix} {}

void registry_client::check_deadline(steady_clock::time_point now) {
  connection_.check_deadline(now);
  for (const auto& each : helpers_)
    each->connection_.check_deadline(now);
}

void registry_client::abort() {
  connection_.abort();
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
  const auto target = targets_.manifest(what.repository, tag);
  client::request put{verb::put, target};
  put.content_type = media_types::manifest;
  put.body = client::payload{what.manifest};
  const auto check = [&] { return check_answer(answer_, 201, what.manifest_digest); };
  if (!co_await perform(operation::put_manifest, put, client::body_use::drop, check))
    co_return false;
  moved(what.manifest.size());
  co_return true;
}

asio::awaitable<bool> registry_client::push_blob(std::string_view repository,
                                                 const image_blob& blob,
                                                 const upload_settings& how) {
  if (!blob.mounted_from.empty())
    co_return co_await mount_blob(repository, blob, how);
  const auto blob_path = targets_.blob(repository, blob.digest);
  client::request head{verb::head, blob_path};
  const auto absent = [&] {
    return answer_.status == 200 ? "already_there" : check_answer(answer_, 404, {});
  };
  if (!co_await perform(operation::head_blob, head, client::body_use::drop, absent))
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
  const auto uploads = targets_.uploads(repository);
  const client::request post{verb::post, uploads};
  const auto opened = [&] { return take_location(answer_, uploads, location); };
  co_return co_await perform(operation::start_upload, post, client::body_use::drop, opened);
}

asio::awaitable<bool> registry_client::mount_blob(std::string_view repository,
                                                  const image_blob& blob,
                                                  const upload_settings& how) {
  const auto target = targets_.mount(repository, blob.digest, blob.mounted_from);
  std::string location;
  const client::request post{verb::post, target};
  const auto mounted_or_opened = [&] {
    return answer_.status == 201 ? check_answer(answer_, 201, blob.digest)
                                 : take_location(answer_, target, location);
  };
  if (!co_await perform(operation::mount, post, client::body_use::drop, mounted_or_opened))
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

  const auto target = client::with_digest(location, blob.digest);
  client::request put{verb::put, target};
  put.content_type = media_types::octets;
  if (at_once)
    put.body = blob.content();
  const auto stored = [&] { return check_answer(answer_, 201, blob.digest); };
  if (!co_await perform(operation::finish_upload, put, client::body_use::drop, stored))
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
    client::request patch{verb::patch, target};
    patch.content_type = media_types::octets;
    patch.content_range = ranged ? std::string_view{range} : std::string_view{};
    patch.body = content.slice(sent, length);
    sent += length;
    const auto accepted = [&] {
      auto wrong = take_location(answer_, target, location);
      const bool other =
        !answer_.range.empty() && !answer_.range.ends_with(concat("-", std::to_string(sent - 1)));
      return wrong.empty() && other ? "other_range" : wrong;
    };
    if (!co_await perform(operation::patch_upload, patch, client::body_use::drop, accepted))
      co_return false;
  }
  co_return true;
}

asio::awaitable<bool> registry_client::head(const image& what) {
  const auto target = targets_.manifest(what.repository, what.tag);
  client::request ask{verb::head, target};
  ask.accept = media_types::manifest;
  const auto described = [&] {
    return check_description(answer_, what.manifest_digest, what.manifest.size());
  };
  co_return co_await perform(operation::head_manifest, ask, client::body_use::drop, described);
}

asio::awaitable<bool> registry_client::head_blob(std::string_view repository,
                                                 const image_blob& blob) {
  const auto target = targets_.blob(repository, blob.digest);
  const client::request ask{verb::head, target};
  const auto described = [&] { return check_description(answer_, blob.digest, blob.size); };
  co_return co_await perform(operation::head_blob, ask, client::body_use::drop, described);
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
  const auto target = targets_.manifest(what.repository, what.tag);
  client::request get{verb::get, target};
  get.accept = media_types::manifest;
  const auto same = [&] {
    auto wrong = check_answer(answer_, 200, what.manifest_digest);
    return wrong.empty() && answer_.body != what.manifest ? "other_bytes" : wrong;
  };
  if (!co_await perform(operation::get_manifest, get, client::body_use::keep, same))
    co_return false;
  moved(what.manifest.size());
  co_return true;
}

asio::awaitable<bool> registry_client::erase(const image& what) {
  const auto manifest = targets_.manifest(what.repository, what.manifest_digest);
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
  const auto target = targets_.blob(repository, digest);
  co_return co_await erase_one(operation::delete_blob, target);
}

asio::awaitable<bool> registry_client::erase_manifest(const image& what) {
  const auto target = targets_.manifest(what.repository, what.manifest_digest);
  const client::request erase{verb::delete_, target};
  const auto gone = [&] { return check_answer(answer_, 202, {}); };
  co_return co_await perform(operation::delete_manifest, erase, client::body_use::drop, gone);
}

asio::awaitable<bool> registry_client::erase_one(operation step, std::string_view target) {
  client::request erase{verb::delete_, target};
  const auto gone = [&] {
    return answer_.status == 404 ? std::string{} : check_answer(answer_, 202, {});
  };
  co_return co_await perform(step, erase, client::body_use::drop, gone);
}

asio::awaitable<bool> registry_client::cut_off(operation step, const client::request& what,
                                               std::uint64_t bytes) {
  client::error_code ec;
  co_await connection_.cut_off(what, bytes, ec);
  // The failed token is an entry already.
  if (ec == client::no_token)
    co_return false;
  enter(step, connection_.begun(), ec ? client::name_of(ec) : std::string{});
  co_return !ec;
}

} // namespace gantry::bench
