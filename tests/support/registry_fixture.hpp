// A registry in the test's own process, and a client that can push to it.
#pragma once

#include "app/registry.hpp"
#include "domain/digest.hpp"
#include "support/http_client.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

/// Runs on 127.0.0.1 and a free port for its lifetime: two threads, no log, no seed, the ephemeral
/// profile, unless `adjust` changes that.
class running_registry {
public:
  explicit running_registry(const std::function<void(app::registry_options&)>& adjust = {});
  ~running_registry();
  running_registry(const running_registry&) = delete;
  running_registry& operator=(const running_registry&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// Of metrics and health; 0 for none.
  std::uint16_t debug_port() const noexcept { return server_.debug_port(); }
  /// `127.0.0.1:40123`.
  std::string authority() const;
  void reopen_logs() noexcept { server_.reopen_logs(); }
  std::chrono::milliseconds idle_for() const { return server_.idle_for(); }
  /// Replaces the settings that can change while serving; `adjust` as above.
  void apply(const std::function<void(app::registry_options&)>& adjust);
  bool reload_certificates() { return server_.reload_certificates(); }
  /// Drains and stops; may be called from another thread than the destructor.
  void stop();

private:
  app::registry server_;
  std::uint16_t port_ = 0;
};

/// Sets one policy for both actors and front end.
void use(app::registry_options& settings, const validation_policy& policy);

/// `sha256:hex` of the bytes.
std::string sha256(std::string_view bytes);
/// `sha512:hex` of the bytes.
std::string sha512(std::string_view bytes);
/// A well-formed digest of no content: `sha256:` and the digit 64 times.
std::string digest_of_nothing(char digit = '0');
/// Bytes that differ between seeds and have no short repetitions.
std::string noise(std::size_t bytes, std::uint32_t seed = 1);

namespace types {
inline constexpr const char* octets = "application/octet-stream";
inline constexpr const char* layer = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr const char* manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* index = "application/vnd.oci.image.index.v1+json";
inline constexpr const char* config = "application/vnd.oci.image.config.v1+json";
inline constexpr const char* empty = "application/vnd.oci.empty.v1+json";
inline constexpr const char* docker_manifest =
  "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr const char* docker_list =
  "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr const char* docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr const char* docker_layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
} // namespace types

/// A reference from one piece of content to another.
struct described {
  std::string media_type;
  std::string digest;
  std::uint64_t size = 0;
  /// Additional members as JSON text, each with a leading comma: `,"urls":["http://x/"]`.
  std::string more = {};
};

described describe(std::string_view media_type, std::string_view bytes);

using annotation_list = std::vector<std::pair<std::string, std::string>>;

struct image_parts {
  std::string media_type = types::manifest;
  described config;
  std::vector<described> layers = {};
  std::optional<described> subject = {};
  std::string artifact_type = {};
  annotation_list annotations = {};
};

struct index_parts {
  std::string media_type = types::index;
  std::vector<described> manifests = {};
  std::optional<described> subject = {};
  std::string artifact_type = {};
  annotation_list annotations = {};
};

/// The manifest as JSON text.
std::string render(const image_parts& parts);
std::string render(const index_parts& parts);

/// A manifest without references: an index without children; `mark` makes it differ.
std::string lone_manifest(std::string_view mark);

/// A pushed manifest with its references.
struct pushed_image {
  std::string bytes;
  std::string media_type;
  std::string digest;
  std::string config;
  std::vector<std::string> layers;
};

/// A connection with the steps of a push; each checks its response (BOOST_REQUIRE).
class registry_client : public http_connection {
public:
  using http_connection::http_connection;
  explicit registry_client(const running_registry& server) : http_connection{server.port()} {}

  /// Opens an upload; returns the Location's path.
  std::string start_upload(std::string_view repository);
  /// POST, then PUT with the bytes; returns the digest.
  std::string push_blob(std::string_view repository, std::string_view bytes);
  /// PUT of a manifest; returns its sha256 digest.
  std::string push_manifest(std::string_view repository, std::string_view reference,
                            std::string_view bytes, std::string_view media_type = types::index);
  /// Config, layers and manifest; content differs by `mark`.
  pushed_image push_image(std::string_view repository, std::string_view reference,
                          std::string_view mark);
  /// The bytes of an upload so far, by its `Range`; zero for `0-0`. Requires that it exists.
  std::uint64_t upload_offset(std::string_view location);

  http_response get(std::string_view target, header_list headers = {});
  http_response head(std::string_view target, header_list headers = {});
  http_response put(std::string_view target, header_list headers = {}, std::string_view body = {});
  http_response post(std::string_view target, header_list headers = {}, std::string_view body = {});
  http_response patch(std::string_view target, header_list headers = {},
                      std::string_view body = {});
  http_response erase(std::string_view target, header_list headers = {});
};

std::string blob_path(std::string_view repository, std::string_view digest);
std::string manifest_path(std::string_view repository, std::string_view reference);
std::string uploads_path(std::string_view repository);
std::string tags_path(std::string_view repository, std::string_view query = {});
std::string referrers_path(std::string_view repository, std::string_view digest,
                           std::string_view query = {});
/// `target` with the parameter `digest`.
std::string digest_query(std::string_view target, std::string_view digest);

/// The strings of the array `member` in a JSON object; throws if it is not one.
std::vector<std::string> strings_of(std::string_view json, std::string_view member);
/// The `digest` of each object in the array `manifests`.
std::vector<std::string> digests_of(std::string_view json);
/// The codes of an error response, in order.
std::vector<std::string> error_codes(const http_response& response);

/// Checks an error response completely: status, API version header (unless the target is outside
/// `/v2`), framing, type, the shape of the body, and that its first code is `code`; an empty `code`
/// accepts any.
void check_error(const http_response& response, int status, std::string_view code,
                 bool outside = false);

/// Sends the request, checks the error, and checks the connection: it must be closed if the
/// response says `Connection: close`, and usable otherwise. The client can continue in both cases.
http_response expect_error(registry_client& client, const http_request& request, int status,
                           std::string_view code);

/// Polls until it is true; false after the deadline. `pause` is the time between polls.
bool eventually(const std::function<bool()>& ask,
                std::chrono::milliseconds pause = std::chrono::milliseconds{5},
                std::chrono::milliseconds deadline = std::chrono::seconds{15});

/// A thread that uses the registry during the test. `work` must return soon after its argument
/// turns true. `join` rethrows its exceptions.
class background {
public:
  using task = std::function<void(const std::atomic<bool>& stopping)>;

  explicit background(task work);
  ~background();
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  /// Waits for the work to end by itself.
  void join();
  /// Tells the work to end, and waits.
  void stop();

private:
  std::atomic<bool> stopping_{false};
  std::future<void> result_;
};

/// One registry with the default settings for all cases of a suite:
/// `*boost::unit_test::fixture<shared_registry>()`.
class shared_registry {
public:
  shared_registry();
  ~shared_registry();
  static running_registry& get();

private:
  running_registry server_;
};

/// The fixture of a case that talks to the suite's registry.
struct registry_case {
  registry_client client{shared_registry::get()};
};

} // namespace gantry::test
