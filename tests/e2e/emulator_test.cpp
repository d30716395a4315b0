// The emulator's surface besides the registry API, and what depends on the profile.
#include "e2e/json_answer.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;

namespace {

const std::string hello = "library/hello-world";

void seeded(gantry::app::registry_options& settings) {
  settings.seed = "true";
}

void be_lenient(gantry::app::registry_options& settings) {
  use(settings, gantry::validation_policy::lenient());
}

void be_durable(gantry::app::registry_options& settings) {
  use(settings, gantry::validation_policy::durable());
}

struct seeded_registry {
  running_registry server{seeded};
  registry_client client{server};
};

struct lenient_registry {
  running_registry server{be_lenient};
  registry_client client{server};
};

/// Pulls the seed like a client: manifest by tag, then config and layers by digest.
void check_hello_world(registry_client& client) {
  const auto response = client.get(manifest_path(hello, "latest"));
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == types::docker_manifest);
  BOOST_TEST(response.header("Docker-Content-Digest") == sha256(response.body));
  const auto manifest = json::parse(response.body).as_object();
  auto parts = manifest.at("layers").as_array();
  BOOST_TEST(!parts.empty());
  parts.push_back(manifest.at("config"));
  for (const auto& part : parts) {
    const std::string digest{part.as_object().at("digest").as_string()};
    const auto blob = client.get(blob_path(hello, digest));
    BOOST_TEST(blob.status == 200);
    BOOST_TEST(sha256(blob.body) == digest);
    BOOST_TEST(static_cast<std::int64_t>(blob.body.size()) ==
               part.as_object().at("size").to_number<std::int64_t>());
  }
}

/// A folder that is removed after the test.
class layout_folder {
public:
  layout_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "gantry-layout-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  }
  ~layout_folder() { std::filesystem::remove_all(root_); }

  std::string path() const { return root_.string(); }

  void write(const std::filesystem::path& name, const std::string& bytes) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream{root_ / name, std::ios::binary} << bytes;
  }
  void write_blob(const std::string& bytes) const {
    write(std::filesystem::path{"blobs/sha256"} / sha256(bytes).substr(7), bytes);
  }

private:
  std::filesystem::path root_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(emulator, registry_case, *boost::unit_test::fixture<shared_registry>())

BOOST_AUTO_TEST_CASE(the_root_introduces_the_server) {
  const auto response = client.get("/");
  BOOST_TEST(response.status == 200);
  const auto object = object_of(response);
  std::set<std::string> keys;
  for (const auto& member : object)
    keys.emplace(member.key());
  const std::set<std::string> expected{"name", "version", "protocol", "api_url", "documentation"};
  BOOST_TEST(keys == expected, boost::test_tools::per_element());
  BOOST_TEST(object.at("name").as_string() == "docker-registry");
  BOOST_TEST(object.at("version").as_string() == GANTRY_VERSION);
  BOOST_TEST(object.at("protocol").as_string() == "docker-registry-v2");
  BOOST_TEST(object.at("api_url").as_string() ==
             "http://" + shared_registry::get().authority() + "/v2");
  BOOST_TEST(!object.at("documentation").as_string().empty());
}

BOOST_AUTO_TEST_CASE(a_browser_gets_an_answer_from_the_root) {
  const auto response = client.get("/", {{"Accept", "text/html,application/xhtml+xml"}});
  BOOST_TEST(response.status == 200);
  const auto type = response.header("Content-Type");
  BOOST_TEST((type == "application/json" || type.starts_with("text/html")));
  BOOST_TEST(!response.body.empty());
}

BOOST_AUTO_TEST_CASE(health_and_readiness_are_ok) {
  for (const auto* target : {"/health", "/readyz"}) {
    const auto response = client.get(target);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == R"({"status":"ok"})");
    BOOST_TEST(response.header("Content-Type") == "application/json");
  }
}

BOOST_AUTO_TEST_CASE(the_emulators_routes_refuse_other_methods) {
  const auto refuses = [this](const char* method, const char* target) {
    return expect_error(client, {method, target}, 405, "UNSUPPORTED").header("Allow");
  };
  BOOST_TEST(refuses("GET", "/__parlel/reset") == "POST");
  BOOST_TEST(refuses("DELETE", "/__parlel/repositories") == "GET, HEAD");
  BOOST_TEST(refuses("POST", "/health") == "GET, HEAD");
  BOOST_TEST(refuses("PUT", "/") == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(unrequested_credentials_are_ignored) {
  for (const auto* credentials : {"Bearer abc.def.ghi", "Basic dXNlcjpwYXNz", "Basic ???", "Odd"})
    for (const auto* target : {"/v2/", "/v2/_catalog", "/"})
      BOOST_TEST(client.get(target, {{"Authorization", credentials}}).status == 200);
}

BOOST_FIXTURE_TEST_CASE(an_ephemeral_registry_starts_with_hello_world, seeded_registry) {
  check_hello_world(client);
  BOOST_TEST(client.get("/v2/_catalog").body == R"({"repositories":["library/hello-world"]})");
}

BOOST_AUTO_TEST_CASE(without_a_seed_it_starts_empty) {
  running_registry server;
  registry_client empty{server};
  BOOST_TEST(empty.get("/v2/_catalog").body == R"({"repositories":[]})");
  expect_error(empty, {"GET", manifest_path(hello, "latest")}, 404, "MANIFEST_UNKNOWN");
}

BOOST_FIXTURE_TEST_CASE(repositories_are_listed_and_counted, seeded_registry) {
  client.push_manifest("a/b", "t", lone_manifest("listed"));
  const auto response = client.get("/__parlel/repositories");
  BOOST_TEST(response.status == 200);
  const auto object = object_of(response);
  BOOST_TEST(object.size() == 2U);
  BOOST_TEST(object.at("repositories").as_array().size() == 2U);
  BOOST_TEST(object.at("count").to_number<int>() == 2);
  BOOST_TEST(response.body.starts_with(R"({"repositories":[)"));
  BOOST_TEST(response.body.ends_with(R"(],"count":2})"));
  BOOST_TEST(response.body.find("a/b") != std::string::npos);
  BOOST_TEST(response.body.find(hello) != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_reset_restores_only_the_seed, seeded_registry) {
  const auto image = client.push_image("a/b", "t", "reset");
  const auto hello_id = client.head(manifest_path(hello, "latest")).header("Docker-Content-Digest");
  BOOST_TEST(client.erase(manifest_path(hello, hello_id)).status == 202);
  const auto session = client.start_upload("a/b");
  BOOST_TEST(client.patch(session, {}, "bytes").status == 202);
  const auto response = client.post("/__parlel/reset");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == R"({"ok":true})");
  BOOST_TEST(response.header("Content-Type") == "application/json");
  expect_error(client, {"GET", manifest_path("a/b", "t")}, 404, "MANIFEST_UNKNOWN");
  expect_error(client, {"GET", manifest_path("a/b", image.digest)}, 404, "MANIFEST_UNKNOWN");
  expect_error(client, {"GET", blob_path("a/b", sha256(image.config))}, 404, "BLOB_UNKNOWN");
  expect_error(client, {"GET", tags_path("a/b")}, 404, "NAME_UNKNOWN");
  expect_error(client, {"GET", session}, 404, "BLOB_UPLOAD_UNKNOWN");
  check_hello_world(client);
  BOOST_TEST(client.get("/v2/_catalog").body == R"({"repositories":["library/hello-world"]})");
}

BOOST_FIXTURE_TEST_CASE(after_a_reset_the_same_content_can_be_pushed_again, seeded_registry) {
  for (int round = 0; round < 3; ++round) {
    const auto image = client.push_image("a/b", "t", "again");
    BOOST_TEST(client.get(manifest_path("a/b", "t")).body == image.bytes);
    BOOST_TEST(client.get(blob_path("a/b", sha256(image.config))).body == image.config);
    BOOST_TEST(client.post("/__parlel/reset").status == 200);
  }
}

BOOST_FIXTURE_TEST_CASE(a_reset_during_pushes_leaves_a_working_registry, seeded_registry) {
  std::atomic<int> pushed{0};
  const auto push = [&](const std::atomic<bool>& stopping) {
    registry_client pushing{server};
    for (int round = 0; !stopping; ++round) {
      const auto bytes = lone_manifest(std::to_string(round % 5));
      const auto target = manifest_path("busy/" + std::to_string(round % 3), "t");
      pushed += pushing.put(target, {{"Content-Type", types::index}}, bytes).status == 201 ? 1 : 0;
    }
  };
  background first{push};
  background second{push};
  for (int round = 0; round < 10; ++round) {
    const int before = pushed;
    BOOST_TEST(eventually([&] { return pushed > before + 20; }));
    BOOST_TEST(client.post("/__parlel/reset").status == 200);
  }
  first.stop();
  second.stop();
  BOOST_TEST(client.post("/__parlel/reset").status == 200);
  check_hello_world(client);
  BOOST_TEST(client.get("/v2/_catalog").body == R"({"repositories":["library/hello-world"]})");
}

BOOST_AUTO_TEST_CASE(an_image_layout_seeds_the_registry) {
  const layout_folder layout;
  const std::string config = R"({"architecture":"amd64","os":"linux"})";
  const std::string layer = "a layer of the layout";
  const auto bytes = render(image_parts{.config = describe(types::config, config),
                                        .layers = {describe(types::layer, layer)}});
  layout.write_blob(config);
  layout.write_blob(layer);
  layout.write_blob(bytes);
  auto entry = describe(types::manifest, bytes);
  entry.more = R"(,"annotations":{"org.opencontainers.image.ref.name":"v1"})";
  layout.write("index.json", render(index_parts{.manifests = {entry}}));
  running_registry server{[&layout](auto& settings) { settings.seed = layout.path(); }};
  registry_client pulling{server};
  const auto names = strings_of(pulling.get("/v2/_catalog").body, "repositories");
  BOOST_REQUIRE(names.size() == 1U);
  const auto response = pulling.get(manifest_path(names[0], sha256(bytes)));
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.body == bytes);
  BOOST_TEST(pulling.get(manifest_path(names[0], "v1")).body == bytes);
  BOOST_TEST(pulling.get(blob_path(names[0], sha256(config))).body == config);
  BOOST_TEST(pulling.get(blob_path(names[0], sha256(layer))).body == layer);
}

BOOST_AUTO_TEST_CASE(the_ephemeral_profile_verifies_warns_and_checks) {
  const auto session = client.start_upload("profile/e");
  expect_error(client, {"PUT", with_query(session, "digest=" + digest_of_nothing()), {}, "x"}, 400,
               "DIGEST_INVALID");
  const auto missing = render(image_parts{.config = describe(types::config, "never pushed")});
  const header_list typed{{"Content-Type", types::manifest}};
  const auto response = client.put(manifest_path("profile/e", "t"), typed, missing);
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("Warning").starts_with("299 - \""));
  expect_error(client, {"PUT", manifest_path("profile/e", "t"), typed, "no json"}, 400,
               "MANIFEST_INVALID");
}

BOOST_AUTO_TEST_CASE(the_durable_profile_rejects_missing_references) {
  running_registry server{be_durable};
  registry_client strict{server};
  const auto missing = render(image_parts{.config = describe(types::config, "never pushed")});
  expect_error(
    strict, {"PUT", manifest_path("profile/d", "t"), {{"Content-Type", types::manifest}}, missing},
    400, "MANIFEST_BLOB_UNKNOWN");
  BOOST_TEST(strict.push_image("profile/d", "t", "complete").digest.size() == 71U);
}

// case 88
BOOST_FIXTURE_TEST_CASE(the_lenient_profile_computes_an_absent_digest, lenient_registry) {
  const auto session = client.start_upload("profile/l");
  const auto response = client.put(session, {}, "some bytes");
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("Docker-Content-Digest") == sha256("some bytes"));
  BOOST_TEST(client.get(blob_path("profile/l", sha256("some bytes"))).body == "some bytes");
}

BOOST_FIXTURE_TEST_CASE(the_lenient_profile_accepts_a_digest_unchecked, lenient_registry) {
  for (const auto& digest : {std::string{"sha256:asd"}, digest_of_nothing('b')}) {
    const auto session = client.start_upload("profile/l");
    const auto response =
      client.put(with_query(session, "digest=" + digest), {}, "bytes " + digest);
    BOOST_TEST(response.status == 201);
    BOOST_TEST(response.header("Docker-Content-Digest") == digest);
    BOOST_TEST(client.get(blob_path("profile/l", digest)).body == "bytes " + digest);
    BOOST_TEST(client.head(blob_path("profile/l", digest)).status == 200);
  }
}

BOOST_FIXTURE_TEST_CASE(the_lenient_profile_accepts_any_manifest_without_a_warning,
                        lenient_registry) {
  const auto missing = render(image_parts{.config = describe(types::config, "never pushed")});
  for (const auto& [type, bytes] : {std::pair<std::string, std::string>{types::manifest, missing},
                                    {types::manifest, "no json"},
                                    {types::manifest, "{}"},
                                    {"text/plain", "plain"}}) {
    const auto response =
      client.put(manifest_path("profile/l", "t"), {{"Content-Type", type}}, bytes);
    BOOST_TEST(response.status == 201);
    BOOST_TEST(!response.has("Warning"));
    BOOST_TEST(response.header("Docker-Content-Digest") == sha256(bytes));
    const auto read = client.get(manifest_path("profile/l", "t"));
    BOOST_TEST(read.body == bytes);
    BOOST_TEST(read.header("Content-Type") == type);
  }
}

BOOST_FIXTURE_TEST_CASE(the_lenient_profile_accepts_any_tag, lenient_registry) {
  client.push_manifest("profile/l", ".odd", lone_manifest("odd"));
  BOOST_TEST(client.get(manifest_path("profile/l", ".odd")).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
