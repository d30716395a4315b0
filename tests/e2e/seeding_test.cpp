// A registry with the content that a YAML file describes, as its clients see it.
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(seeding)

using namespace gantry::test;
namespace json = boost::json;

namespace {

struct described_registry {
  void start(std::string_view file, const std::string& data = {}) {
    const auto path = folder.write("content.yml", file).string();
    server.emplace([&](auto& settings) {
      settings.seed = path;
      settings.data = data;
    });
    client.emplace(*server);
  }

  http_response pull(std::string_view repository, std::string_view reference) {
    return client->get(manifest_path(repository, reference));
  }

  json::object pulled(std::string_view repository, std::string_view reference) {
    const auto response = pull(repository, reference);
    BOOST_REQUIRE(response.status == 200);
    return json::parse(response.body).as_object();
  }

  http_response blob(std::string_view repository, const json::value& described) {
    return client->get(blob_path(repository, digest_in(described)));
  }

  static std::string digest_in(const json::value& described) {
    return std::string{described.at("digest").as_string()};
  }
  static std::uint64_t size_in(const json::value& described) {
    return described.at("size").to_number<std::uint64_t>();
  }

  temp_dir folder;
  std::optional<running_registry> server;
  std::optional<registry_client> client;
};

constexpr std::string_view everything_broken =
  "repositories:\n"
  "  a: {broken: [cyclic_index, missing_blob, missing_child, missing_config, wrong_bytes, "
  "wrong_size]}\n";

} // namespace

BOOST_FIXTURE_TEST_CASE(described_images_are_listed_and_pulled, described_registry) {
  start("repositories:\n  team/app:\n    tags: [a..c, \"1.0\"]\n    layers: [100, 70000]\n");
  BOOST_TEST(client->get("/v2/_catalog").body == R"({"repositories":["team/app"]})");
  BOOST_TEST(client->get(tags_path("team/app")).body ==
             R"({"name":"team/app","tags":["1.0","a","b","c"]})");
  const auto response = pull("team/app", "1.0");
  BOOST_TEST(response.header("Docker-Content-Digest") == sha256(response.body));
  const auto image = json::parse(response.body).as_object();
  auto parts = image.at("layers").as_array();
  BOOST_TEST(parts.size() == 2U);
  parts.push_back(image.at("config"));
  for (const auto& part : parts) {
    const auto stored = blob("team/app", part);
    BOOST_TEST(sha256(stored.body) == digest_in(part));
    BOOST_TEST(stored.body.size() == size_in(part));
  }
}

BOOST_FIXTURE_TEST_CASE(an_sbom_is_among_the_referrers, described_registry) {
  start("repositories:\n  a: {sbom: true, signatures: referrer}\n");
  const auto id = client->head(manifest_path("a", "latest")).header("Docker-Content-Digest");
  const auto listed =
    client->get(referrers_path("a", id, "artifactType=application%2Fspdx%2Bjson"));
  BOOST_TEST(listed.header("OCI-Filters-Applied") == "artifactType");
  const auto entries = json::parse(listed.body).at("manifests").as_array();
  BOOST_REQUIRE(entries.size() == 1U);
  const auto sbom = pulled("a", digest_in(entries[0]));
  BOOST_TEST(digest_in(sbom.at("subject")) == id);
  const auto document = json::parse(blob("a", sbom.at("layers").at(0)).body);
  BOOST_TEST((document.at("spdxVersion") == "SPDX-2.3"));
  BOOST_TEST(digests_of(client->get(referrers_path("a", id)).body).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_reset_restores_what_is_described, described_registry) {
  start("repositories:\n  a: {layers: 2, layer_size: 100KB}\n");
  const auto before = pull("a", "latest").body;
  client->push_image("b", "t", "pushed");
  BOOST_TEST(client->erase(manifest_path("a", sha256(before))).status == 202);
  BOOST_TEST(client->post("/__parlel/reset").status == 200);
  BOOST_TEST(client->get("/v2/_catalog").body == R"({"repositories":["a"]})");
  BOOST_TEST(pull("a", "latest").body == before);
  const auto image = json::parse(before);
  for (const auto& layer : image.at("layers").as_array())
    BOOST_TEST(sha256(blob("a", layer).body) == digest_in(layer));
}

BOOST_FIXTURE_TEST_CASE(broken_images_fail_as_documented, described_registry) {
  for (const bool on_disk : {false, true}) {
    start(everything_broken, on_disk ? (folder.path() / "data").string() : "");
    const auto no_blob = pulled("a", "broken-missing-blob");
    check_error(blob("a", no_blob.at("layers").at(0)), 404, "BLOB_UNKNOWN");
    BOOST_TEST(blob("a", no_blob.at("config")).status == 200);

    check_error(blob("a", pulled("a", "broken-missing-config").at("config")), 404, "BLOB_UNKNOWN");

    const auto child = pulled("a", "broken-missing-child").at("manifests").at(0);
    check_error(pull("a", digest_in(child)), 404, "MANIFEST_UNKNOWN");

    const auto other = pulled("a", "broken-wrong-bytes").at("layers").at(0);
    const auto stored = blob("a", other);
    BOOST_TEST(stored.status == 200);
    BOOST_TEST(stored.body.size() == size_in(other));
    BOOST_TEST(sha256(stored.body) != digest_in(other));

    const auto longer = pulled("a", "broken-wrong-size").at("layers").at(0);
    BOOST_TEST(blob("a", longer).body.size() + 1 == size_in(longer));
  }
}

BOOST_FIXTURE_TEST_CASE(an_index_can_be_its_own_child, described_registry) {
  start(everything_broken);
  const auto index = pull("a", "broken-cyclic-index");
  const auto id = index.header("Docker-Content-Digest");
  BOOST_TEST(id != sha256(index.body));
  BOOST_TEST(digests_of(index.body) == std::vector{id}, boost::test_tools::per_element());
  BOOST_TEST(pull("a", id).body == index.body);
  // It can be deleted like any other.
  BOOST_TEST(client->erase(manifest_path("a", id)).status == 202);
  BOOST_TEST(pull("a", id).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
