// Pushes and pulls images; checks, times and counts every step.
#pragma once

#include "bench/image_source.hpp"
#include "bench/recorder.hpp"
#include "bench/schedule.hpp"
#include "bench/tally.hpp"
#include "client/registry_connection.hpp"
#include "client/targets.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

enum class upload_mode : std::uint8_t {
  /// POST, PUT with the bytes.
  monolithic,
  /// POST, PATCH with the bytes, PUT.
  streamed,
  /// POST, PATCH for each chunk, PUT.
  chunked
};

struct upload_settings {
  upload_mode mode = upload_mode::monolithic;
  /// Bytes; at least one.
  std::uint64_t chunk_size = 1024 * 1024;
};

struct pull_settings {
  /// Compare the hash of the received bytes; otherwise only their size.
  bool verify = true;
  /// Bytes of a blob per request. 0: the whole blob.
  std::uint64_t range_size = 0;
  /// Connections per client for the blobs of an image; at least one.
  std::uint32_t parallel = 1;
};

/// One client of the load. Belongs to one thread. A request that ends while the schedule counts
/// becomes an entry of the tally: its latency if the response is what the protocol demands, else an
/// error by its kind. After a 401, the second request is the entry. A step that fails ends the
/// image.
class registry_client {
public:
  /// The site outlives the client.
  registry_client(boost::asio::io_context& context, const client::registry_site& site,
                  const client::connection_settings& settings);
  registry_client(const registry_client&) = delete;
  registry_client& operator=(const registry_client&) = delete;

  /// Makes all further entries in `figures`, within the window of `plan`; both outlive them.
  void enter_into(tally& figures, const schedule& plan) noexcept {
    recorder_.enter_into(figures, plan);
  }
  /// Turns entries on or off; at first they are off.
  void count(bool counts) noexcept { recorder_.count(counts); }

  // Each returns true if every step went well.

  /// Pushes like docker and podman: a HEAD for each blob, which must be absent, then its upload;
  /// finally the manifest, by tag.
  boost::asio::awaitable<bool> push(const image& what, const upload_settings& how);
  /// HEAD, which must be answered with 404, then the upload; or a mount if the blob has a source.
  boost::asio::awaitable<bool> push_blob(std::string_view repository, const image_blob& blob,
                                         const upload_settings& how);
  /// The upload alone.
  boost::asio::awaitable<bool> upload_blob(std::string_view repository, const image_blob& blob,
                                           const upload_settings& how);
  /// The POST that opens an upload. Sets `location` to the target of the next request.
  boost::asio::awaitable<bool> open_upload(std::string_view repository, std::string& location);
  /// HEAD, which must find the blob.
  boost::asio::awaitable<bool> head_blob(std::string_view repository, const image_blob& blob);
  /// PUT of the manifest alone.
  boost::asio::awaitable<bool> put_manifest(const image& what, std::string_view tag);
  /// HEAD of the manifest by tag.
  boost::asio::awaitable<bool> head(const image& what);
  /// By tag: HEAD and GET of the manifest, GET of config and layers.
  boost::asio::awaitable<bool> pull(const image& what, const pull_settings& how);
  /// GET of the manifest by tag.
  boost::asio::awaitable<bool> pull_manifest(const image& what);
  boost::asio::awaitable<bool> pull_blob(std::string_view repository, const image_blob& blob,
                                         bool verify);
  /// Deletes manifest and blobs. A 404 is not an error.
  boost::asio::awaitable<bool> erase(const image& what);
  boost::asio::awaitable<bool> erase_blob(std::string_view repository, std::string_view digest);
  /// Deletes the manifest alone, by its digest. A 404 is an error.
  boost::asio::awaitable<bool> erase_manifest(const image& what);

  /// Any other request. `check` is called with a response in `answer()` and returns what is wrong
  /// with it, as a string; empty if nothing.
  template <class Check>
  boost::asio::awaitable<bool> perform(operation step, const client::request& what,
                                       client::body_use use, Check check);
  /// Sends the head and the first `bytes` of the body, then closes the connection.
  boost::asio::awaitable<bool> cut_off(operation step, const client::request& what,
                                       std::uint64_t bytes);
  /// The last response.
  const client::response& answer() const noexcept { return answer_; }
  /// Enters a step that ends now. `wrong` is empty if it went well.
  void enter(operation step, steady_clock::time_point begun, std::string_view wrong) {
    recorder_.enter(step, begun, wrong);
  }
  /// Enters bytes of a blob or a manifest that were sent or received.
  void moved(std::uint64_t bytes) { recorder_.moved(bytes); }

  const client::registry_targets& targets() const noexcept { return targets_; }

  /// Call regularly, so that requests can time out.
  void check_deadline(steady_clock::time_point now);
  /// Fails the request in progress and all later ones.
  void abort();
  bool is_aborted() const noexcept { return connection_.is_aborted(); }

private:
  /// Another connection of the client whose connection is `first`.
  registry_client(boost::asio::io_context& context, const client::registry_site& site,
                  const client::connection_settings& settings,
                  const client::registry_connection& first);

  /// POST with `mount` and `from`. If the registry opens an upload instead, the blob is uploaded.
  boost::asio::awaitable<bool> mount_blob(std::string_view repository, const image_blob& blob,
                                          const upload_settings& how);
  /// The rest of an upload, after the POST.
  boost::asio::awaitable<bool> send_blob(const image_blob& blob, const upload_settings& how,
                                         std::string location);
  boost::asio::awaitable<bool> send_chunks(const image_blob& blob, std::uint64_t chunk_size,
                                           bool ranged, std::string& location);
  struct pull_in_parts;

  /// Config and layers.
  boost::asio::awaitable<bool> pull_blobs(const image& what, const pull_settings& how);
  /// Pulls one blob after another until none is left.
  boost::asio::awaitable<void> pull_some(pull_in_parts& whole);
  boost::asio::awaitable<bool> pull_one(const pull_in_parts& whole, const image_blob& blob);
  boost::asio::awaitable<bool> pull_ranges(std::string_view repository, const image_blob& blob,
                                           const pull_settings& how);
  /// The client of another connection, with the same tokens. Its entries go to the same tally.
  registry_client& helper(std::size_t index);
  boost::asio::awaitable<bool> erase_one(operation step, std::string_view target);

  boost::asio::io_context& context_;
  const client::registry_site& site_;
  client::connection_settings settings_;
  client::registry_connection connection_;
  client::registry_targets targets_;
  client::response answer_;
  recorder recorder_;
  std::vector<std::unique_ptr<registry_client>> helpers_;
};

template <class Check>
boost::asio::awaitable<bool> registry_client::perform(operation step, const client::request& what,
                                                      client::body_use use, Check check) {
  client::error_code ec;
  co_await connection_.exchange(what, use, answer_, ec);
  // The failed token is an entry already.
  if (ec == client::no_token)
    co_return false;
  const std::string wrong = ec ? client::name_of(ec) : std::string{check()};
  enter(step, connection_.begun(), wrong);
  co_return wrong.empty();
}

} // namespace gantry::bench
