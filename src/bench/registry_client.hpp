// A client of a registry: pushes and pulls images step by step and looks at every answer.
#pragma once

#include "bench/access_rules.hpp"
#include "bench/authorizer.hpp"
#include "bench/client_connection.hpp"
#include "bench/image_source.hpp"
#include "bench/schedule.hpp"
#include "bench/tally.hpp"

#include <chrono>
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
  /// Hash what comes and compare; else sizes only.
  bool verify = true;
  /// Bytes that blobs are fetched in at a time; zero: all at once.
  std::uint64_t range_size = 0;
  /// Connections that the blobs of an image come on; at least one.
  std::uint32_t parallel = 1;
};

/// What all clients of a registry know of it.
struct registry_site {
  peer server;
  /// In front of every path; empty, or with a slash at the beginning and none at the end.
  std::string prefix;
  access_rules permission = {};
};

/// Belongs to one thread. Each request becomes an entry of the tally if it ends while the schedule
/// counts: a latency if the answer is what the protocol says, else an error by its kind. A step
/// that fails ends the image. A request that is answered with 401 is sent again with a new token
/// where the registry wants tokens, once; what counts is the second answer.
class registry_client {
public:
  /// The site outlives it.
  registry_client(boost::asio::io_context& context, const registry_site& site,
                  std::chrono::milliseconds timeout);

  /// What it does from now on is entered there, within the window of `plan`; both outlive that.
  void enter_into(tally& figures, const schedule& plan) noexcept {
    recorder_.enter_into(figures, plan);
  }
  /// Whether entries are made at all.
  void count(bool counts) noexcept { recorder_.count(counts); }

  /// True if every step went well. As real clients do it: HEAD for each blob, which must be
  /// absent, then its upload; the manifest last, by its tag.
  boost::asio::awaitable<bool> push(const image& what, const upload_settings& how);
  /// HEAD, which must be answered with 404, and the upload of one blob; or its mount.
  boost::asio::awaitable<bool> push_blob(std::string_view repository, const image_blob& blob,
                                         const upload_settings& how);
  /// The upload alone.
  boost::asio::awaitable<bool> upload_blob(std::string_view repository, const image_blob& blob,
                                           const upload_settings& how);
  /// The POST that an upload begins with; sets where it goes on.
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
  /// Deletes manifest and blobs; what is not there any more is no error.
  boost::asio::awaitable<bool> erase(const image& what);
  boost::asio::awaitable<bool> erase_blob(std::string_view repository, std::string_view digest);
  /// Deletes the manifest alone, by its digest; it must be there.
  boost::asio::awaitable<bool> erase_manifest(const image& what);

  /// One request of a workload's own. Enters how long it took or what went wrong: a failure of the
  /// connection, or what `check` (a string, empty where all is well) says of `answer()`.
  template <class Check>
  boost::asio::awaitable<bool> perform(operation step, const request& what, body_use use,
                                       Check check);
  /// Sends a request as far as the body's first `bytes`, and breaks the connection then.
  boost::asio::awaitable<bool> cut_off(operation step, const request& what, std::uint64_t bytes);
  const response& answer() const noexcept { return answer_; }
  /// Enters what ended now.
  void enter(operation step, steady_clock::time_point begun, std::string_view wrong) {
    recorder_.enter(step, begun, wrong);
  }
  /// Enters bytes of a blob or a manifest.
  void moved(std::uint64_t bytes) { recorder_.moved(bytes); }

  /// `/v2/`, after the path of the registry's URL.
  const std::string& root() const noexcept { return prefix_; }
  std::string manifest_target(std::string_view repository, std::string_view reference) const;
  std::string blob_target(std::string_view repository, std::string_view digest) const;
  std::string uploads_target(std::string_view repository) const;

  void check_deadline(steady_clock::time_point now);
  /// Ends the request that is on its way, and all to come.
  void abort();
  bool is_aborted() const noexcept { return connection_.is_aborted(); }

private:
  /// POST with `mount` and `from`. Where the registry opens an upload instead, that is used.
  boost::asio::awaitable<bool> mount_blob(std::string_view repository, const image_blob& blob,
                                          const upload_settings& how);
  /// What follows the POST, to its Location.
  boost::asio::awaitable<bool> send_blob(const image_blob& blob, const upload_settings& how,
                                         std::string location);
  boost::asio::awaitable<bool> send_chunks(const image_blob& blob, std::uint64_t chunk_size,
                                           bool ranged, std::string& location);
  struct pull_in_parts;

  /// Config and layers.
  boost::asio::awaitable<bool> pull_blobs(const image& what, const pull_settings& how);
  /// One after another, as long as there are any that nobody else has taken.
  boost::asio::awaitable<void> pull_some(pull_in_parts& whole);
  boost::asio::awaitable<bool> pull_one(const pull_in_parts& whole, const image_blob& blob);
  boost::asio::awaitable<bool> pull_ranges(std::string_view repository, const image_blob& blob,
                                           const pull_settings& how);
  /// The client of another connection, which has the same tokens. It makes the same entries.
  registry_client& helper(std::size_t index);
  boost::asio::awaitable<bool> erase_one(operation step, std::string_view target);

  boost::asio::io_context& context_;
  const registry_site& site_;
  std::chrono::milliseconds timeout_;
  client_connection connection_;
  std::string prefix_;
  response answer_;
  recorder recorder_;
  /// Null where the registry does not ask who its clients are.
  std::shared_ptr<authorizer> authorizer_;
  std::vector<std::unique_ptr<registry_client>> helpers_;
};

template <class Check>
boost::asio::awaitable<bool> registry_client::perform(operation step, const request& what,
                                                      body_use use, Check check) {
  auto sent = what;
  std::string authorization;
  for (bool first = true;; first = false) {
    if (authorizer_) {
      authorization = co_await authorizer_->authorize(what.target);
      if (authorization.empty())
        co_return false;
      sent.authorization = authorization;
    }
    const auto begun = steady_clock::now();
    error_code ec;
    co_await connection_.exchange(sent, use, answer_, ec);
    if (!ec && answer_.status == 401 && first && authorizer_ &&
        authorizer_->refused(what.target, authorization, answer_.challenges))
      continue;
    const std::string wrong = ec ? name_of(ec) : std::string{check()};
    enter(step, begun, wrong);
    co_return wrong.empty();
  }
}

} // namespace gantry::bench
