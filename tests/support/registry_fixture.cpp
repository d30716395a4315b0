#include "support/registry_fixture.hpp"

#include "app/limits.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <charconv>
#include <random>
#include <thread>

namespace gantry::test {

namespace json = boost::json;

namespace {

running_registry* shared = nullptr;

json::object to_json(const described& part) {
  json::object object{{"mediaType", part.media_type}, {"digest", part.digest}, {"size", part.size}};
  if (!part.more.empty()) {
    const auto more = json::parse("{" + part.more.substr(1) + "}");
    for (const auto& member : more.as_object())
      object.insert(member);
  }
  return object;
}

json::array to_json(const std::vector<described>& parts) {
  json::array array;
  for (const auto& part : parts)
    array.push_back(to_json(part));
  return array;
}

/// The members that images and indexes share.
template <class Parts>
void add_common(json::object& object, const Parts& parts) {
  if (!parts.artifact_type.empty())
    object["artifactType"] = parts.artifact_type;
  if (parts.subject)
    object["subject"] = to_json(*parts.subject);
  if (parts.annotations.empty())
    return;
  json::object annotations;
  for (const auto& [name, value] : parts.annotations)
    annotations[name] = value;
  object["annotations"] = annotations;
}

app::registry_options make_config(const std::function<void(app::registry_options&)>& adjust) {
  app::registry_options settings;
  settings.addresses = {"127.0.0.1:0"};
  settings.threads = 2;
  settings.seed = "false";
  settings.log = telemetry::log_format::off;
  if (adjust)
    adjust(settings);
  return settings;
}

std::string repository_path(std::string_view repository, std::string_view kind,
                            std::string_view name) {
  std::string path{"/v2/"};
  return path.append(repository).append("/").append(kind).append("/").append(name);
}

std::string add_query(std::string path, std::string_view query) {
  return query.empty() ? path : path.append("?").append(query);
}

void check_error_entry(const json::value& entry) {
  BOOST_REQUIRE(entry.is_object());
  const auto& object = entry.as_object();
  const auto* code = object.if_contains("code");
  const auto* message = object.if_contains("message");
  BOOST_REQUIRE(code != nullptr);
  BOOST_TEST(code->is_string());
  BOOST_REQUIRE(message != nullptr);
  BOOST_REQUIRE(message->is_string());
  BOOST_TEST(!message->as_string().empty());
  BOOST_TEST(object.contains("detail"));
}

} // namespace

running_registry::running_registry(const std::function<void(app::registry_options&)>& adjust)
  : server_{make_config(adjust)} {
  app::raise_descriptor_limit(); // as the program does
  server_.start();
  port_ = server_.port();
}

running_registry::~running_registry() {
  stop();
}

std::string running_registry::authority() const {
  return "127.0.0.1:" + std::to_string(port_);
}

void running_registry::apply(const std::function<void(app::registry_options&)>& adjust) {
  server_.apply(make_config(adjust));
}

void running_registry::stop() {
  server_.stop();
}

void use(app::registry_options& settings, const validation_policy& policy) {
  settings.actors.validation = policy;
  settings.api.validation = policy;
}

std::string sha256(std::string_view bytes) {
  return digest::of(bytes).to_string();
}

std::string sha512(std::string_view bytes) {
  return digest::of(bytes, digest_algorithm::sha512).to_string();
}

std::string digest_of_nothing(char digit) {
  return "sha256:" + std::string(64, digit);
}

std::string noise(std::size_t bytes, std::uint32_t seed) {
  std::mt19937 generator{seed};
  std::string made(bytes, '\0');
  for (auto& byte : made)
    byte = static_cast<char>(generator());
  return made;
}

described describe(std::string_view media_type, std::string_view bytes) {
  return {std::string{media_type}, sha256(bytes), bytes.size()};
}

std::string render(const image_parts& parts) {
  json::object object{{"schemaVersion", 2},
                      {"mediaType", parts.media_type},
                      {"config", to_json(parts.config)},
                      {"layers", to_json(parts.layers)}};
  add_common(object, parts);
  return json::serialize(object);
}

std::string render(const index_parts& parts) {
  json::object object{
    {"schemaVersion", 2}, {"mediaType", parts.media_type}, {"manifests", to_json(parts.manifests)}};
  add_common(object, parts);
  return json::serialize(object);
}

std::string lone_manifest(std::string_view mark) {
  index_parts parts;
  parts.annotations.emplace_back("mark", mark);
  return render(parts);
}

namespace {

/// Throws, because these functions are called on several threads and Boost.Test's assertions are
/// not thread-safe.
void expect_status(const http_response& response, int status) {
  if (response.status != status)
    throw http_failure{"status " + std::to_string(response.status) + " instead of " +
                       std::to_string(status) + ": " + response.body};
}

} // namespace

std::string registry_client::start_upload(std::string_view repository) {
  const auto response = post(uploads_path(repository));
  expect_status(response, 202);
  return path_of(response.header("Location"));
}

std::string registry_client::push_blob(std::string_view repository, std::string_view bytes) {
  const auto id = sha256(bytes);
  const auto location = start_upload(repository);
  const auto response =
    put(with_query(location, "digest=" + id), {{"Content-Type", types::octets}}, bytes);
  expect_status(response, 201);
  return id;
}

std::string registry_client::push_manifest(std::string_view repository, std::string_view reference,
                                           std::string_view bytes, std::string_view media_type) {
  const auto response =
    put(manifest_path(repository, reference), {{"Content-Type", std::string{media_type}}}, bytes);
  expect_status(response, 201);
  return sha256(bytes);
}

pushed_image registry_client::push_image(std::string_view repository, std::string_view reference,
                                         std::string_view mark) {
  pushed_image image;
  image.media_type = types::manifest;
  image.config = R"({"architecture":"amd64","os":"linux","mark":")" + std::string{mark} + "\"}";
  image.layers = {"first layer of " + std::string{mark}, "second layer of " + std::string{mark}};
  image_parts parts{.config = describe(types::config, image.config)};
  push_blob(repository, image.config);
  for (const auto& layer : image.layers) {
    push_blob(repository, layer);
    parts.layers.push_back(describe(types::layer, layer));
  }
  image.bytes = render(parts);
  image.digest = push_manifest(repository, reference, image.bytes, image.media_type);
  return image;
}

std::uint64_t registry_client::upload_offset(std::string_view location) {
  const auto response = get(location);
  expect_status(response, 204);
  const auto range = response.header("Range");
  if (!range.starts_with("0-"))
    throw http_failure{"the Range of an upload is '" + std::string{range} + "'"};
  std::uint64_t last = 0;
  std::from_chars(range.data() + 2, range.data() + range.size(), last);
  return last == 0 ? 0 : last + 1;
}

http_response registry_client::get(std::string_view target, header_list headers) {
  return request("GET", target, std::move(headers));
}

http_response registry_client::head(std::string_view target, header_list headers) {
  return request("HEAD", target, std::move(headers));
}

http_response registry_client::put(std::string_view target, header_list headers,
                                   std::string_view body) {
  return request("PUT", target, std::move(headers), body);
}

http_response registry_client::post(std::string_view target, header_list headers,
                                    std::string_view body) {
  return request("POST", target, std::move(headers), body);
}

http_response registry_client::patch(std::string_view target, header_list headers,
                                     std::string_view body) {
  return request("PATCH", target, std::move(headers), body);
}

http_response registry_client::erase(std::string_view target, header_list headers) {
  return request("DELETE", target, std::move(headers));
}

std::string blob_path(std::string_view repository, std::string_view digest) {
  return repository_path(repository, "blobs", digest);
}

std::string manifest_path(std::string_view repository, std::string_view reference) {
  return repository_path(repository, "manifests", reference);
}

std::string uploads_path(std::string_view repository) {
  return repository_path(repository, "blobs", "uploads/");
}

std::string tags_path(std::string_view repository, std::string_view query) {
  return add_query(repository_path(repository, "tags", "list"), query);
}

std::string referrers_path(std::string_view repository, std::string_view digest,
                           std::string_view query) {
  return add_query(repository_path(repository, "referrers", digest), query);
}

std::string digest_query(std::string_view target, std::string_view digest) {
  return with_query(target, "digest=" + std::string{digest});
}

std::vector<std::string> strings_of(std::string_view text, std::string_view member) {
  const auto parsed = json::parse({text.data(), text.size()});
  return json::value_to<std::vector<std::string>>(parsed.as_object().at(member));
}

std::vector<std::string> digests_of(std::string_view text) {
  const auto parsed = json::parse({text.data(), text.size()});
  std::vector<std::string> digests;
  for (const auto& entry : parsed.as_object().at("manifests").as_array())
    digests.emplace_back(entry.as_object().at("digest").as_string());
  return digests;
}

std::vector<std::string> error_codes(const http_response& response) {
  const auto parsed = json::parse(response.body);
  std::vector<std::string> codes;
  for (const auto& entry : parsed.as_object().at("errors").as_array())
    codes.emplace_back(entry.as_object().at("code").as_string());
  return codes;
}

void check_error(const http_response& response, int status, std::string_view code, bool outside) {
  BOOST_TEST(response.status == status);
  if (!outside)
    BOOST_TEST(response.header("Docker-Distribution-Api-Version") == "registry/2.0");
  BOOST_TEST(response.header("Content-Type") == "application/json");
  BOOST_TEST(response.header("Content-Length") == std::to_string(response.body.size()));
  boost::system::error_code failure;
  const auto body = json::parse(response.body, failure);
  BOOST_TEST_CONTEXT("body: " << response.body) {
    BOOST_REQUIRE(!failure);
    BOOST_REQUIRE(body.is_object());
    const auto* errors = body.as_object().if_contains("errors");
    BOOST_REQUIRE(errors != nullptr);
    BOOST_REQUIRE(errors->is_array());
    BOOST_REQUIRE(!errors->as_array().empty());
    for (const auto& entry : errors->as_array())
      check_error_entry(entry);
    if (!code.empty())
      BOOST_TEST(error_codes(response).front() == code);
  }
}

http_response expect_error(registry_client& client, const http_request& request, int status,
                           std::string_view code) {
  BOOST_TEST_INFO_SCOPE(request.method << " " << request.target.substr(0, 200));
  auto response = client.exchange(request);
  check_error(response, status, code, !request.target.starts_with("/v2"));
  if (!response.closes()) {
    BOOST_TEST(client.get("/v2/").status == 200);
    return response;
  }
  // An unread body may cost the connection; nothing else may.
  BOOST_TEST(!request.body.empty());
  BOOST_TEST(client.peer_closes());
  client.reconnect();
  return response;
}

bool eventually(const std::function<bool()>& ask, std::chrono::milliseconds pause,
                std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!ask()) {
    if (std::chrono::steady_clock::now() >= end)
      return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

background::background(task work)
  : result_{std::async(std::launch::async, [this, work = std::move(work)] { work(stopping_); })} {}

background::~background() {
  stopping_ = true;
  if (result_.valid())
    result_.wait();
}

void background::join() {
  result_.get();
}

void background::stop() {
  stopping_ = true;
  join();
}

shared_registry::shared_registry() {
  shared = &server_;
}

shared_registry::~shared_registry() {
  shared = nullptr;
}

running_registry& shared_registry::get() {
  return *shared;
}

} // namespace gantry::test
