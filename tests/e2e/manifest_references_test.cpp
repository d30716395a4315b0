// References of a pushed manifest: blobs, children, subjects; whether they must exist.
#include "e2e/manifest_fields.hpp"
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;

namespace {

/// A registry with the durable profile's policy: missing references are refused.
struct strict_registry {
  running_registry server{
    [](auto& settings) { use(settings, gantry::validation_policy::durable()); }};
  registry_client client{server};

  http_response put_image(const image_parts& parts) {
    return client.put(manifest_path("refs/case", "t"), as_image, render(parts));
  }
};

image_parts without_blobs() {
  return {.config = describe(types::config, "missing config"),
          .layers = {describe(types::layer, "missing one"), describe(types::layer, "missing two")}};
}

constexpr std::string_view docker_example =
  R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","layers":[]})";

} // namespace

BOOST_FIXTURE_TEST_SUITE(manifest_references, strict_registry,
                         *boost::unit_test::fixture<shared_registry>())

// cases 136, 186
BOOST_AUTO_TEST_CASE(each_missing_blob_is_a_separate_error) {
  const auto parts = without_blobs();
  const auto response =
    expect_error(client, {"PUT", manifest_path("refs/case", "t"), as_image, render(parts)}, 400,
                 "MANIFEST_BLOB_UNKNOWN");
  const std::vector<std::string> expected(3, "MANIFEST_BLOB_UNKNOWN");
  BOOST_TEST(error_codes(response) == expected, boost::test_tools::per_element());
  for (const auto& digest : {parts.config.digest, parts.layers[0].digest, parts.layers[1].digest})
    BOOST_TEST(response.body.find(digest) != std::string::npos);
  BOOST_TEST(client.get(manifest_path("refs/case", "t")).status == 404);
}

// cases 136, 182
BOOST_FIXTURE_TEST_CASE(an_ephemeral_registry_warns_of_missing_blobs, registry_case) {
  const auto bytes = render(without_blobs());
  const auto response = client.put(manifest_path("refs/warn", "t"), as_image, bytes);
  BOOST_TEST(response.status == 201);
  const auto warnings = response.values("Warning");
  BOOST_REQUIRE(warnings.size() == 1U);
  BOOST_TEST(warnings[0].starts_with("299 - \""));
  BOOST_TEST(warnings[0].ends_with('"'));
  BOOST_TEST(warnings[0].find('3') != std::string::npos);
  BOOST_TEST(client.get(manifest_path("refs/warn", "t")).body == bytes);
}

// contract N3: the emulator's own example
BOOST_FIXTURE_TEST_CASE(an_ephemeral_registry_warns_of_a_docker_image_without_config,
                        registry_case) {
  const header_list as_docker{{"Content-Type", types::docker_manifest}};
  const auto response =
    client.put(manifest_path("refs/example", "t"), as_docker, std::string{docker_example});
  BOOST_TEST(response.status == 201);
  const std::vector<std::string> expected{"299 - \"this manifest has no config\""};
  BOOST_TEST(response.values("Warning") == expected, boost::test_tools::per_element());
  const auto back = client.get(manifest_path("refs/example", "t"));
  BOOST_TEST(back.body == docker_example);
  BOOST_TEST(back.header("Content-Type") == types::docker_manifest);
}

// contract N3
BOOST_AUTO_TEST_CASE(a_docker_image_without_config_is_refused_if_references_are_checked) {
  const header_list as_docker{{"Content-Type", types::docker_manifest}};
  expect_error(client,
               {"PUT", manifest_path("refs/case", "t"), as_docker, std::string{docker_example}},
               400, "MANIFEST_INVALID");
}

// contract N5
BOOST_AUTO_TEST_CASE(null_lists_are_empty_lists) {
  const auto config = client.push_blob("refs/case", "{}");
  const auto image =
    R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,)"
    R"("digest":")" +
    config + R"("},"layers":null})";
  BOOST_TEST(client.put(manifest_path("refs/case", "image"), as_image, image).status == 201);
  const std::string index = R"({"schemaVersion":2,"manifests":null})";
  BOOST_TEST(client.put(manifest_path("refs/case", "index"), as_index, index).status == 201);
  BOOST_TEST(client.get(manifest_path("refs/case", "index")).body == index);
}

BOOST_FIXTURE_TEST_CASE(a_complete_manifest_has_no_warning, registry_case) {
  const auto image = client.push_image("refs/complete", "t", "complete");
  BOOST_TEST(
    !client.put(manifest_path("refs/complete", "t"), as_image, image.bytes).has("Warning"));
}

// case 137
BOOST_AUTO_TEST_CASE(an_index_of_an_unknown_child_is_refused) {
  const auto child = describe(types::manifest, "no such manifest");
  const auto response = expect_error(
    client,
    {"PUT", manifest_path("refs/case", "t"), as_index, render(index_parts{.manifests = {child}})},
    400, "MANIFEST_BLOB_UNKNOWN");
  BOOST_TEST(error_codes(response).size() == 1U);
  BOOST_TEST(response.body.find(child.digest) != std::string::npos);
}

// case 137
BOOST_FIXTURE_TEST_CASE(an_ephemeral_registry_accepts_a_sparse_index, registry_case) {
  const auto child = describe(types::manifest, "no such manifest");
  const auto response = client.put(manifest_path("refs/sparse", "t"), as_index,
                                   render(index_parts{.manifests = {child}}));
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("Warning").starts_with("299 - \""));
}

// cases 136, 137
BOOST_AUTO_TEST_CASE(at_most_a_hundred_unknown_children_are_named) {
  index_parts parts;
  for (int i = 0; i < 5'000; ++i)
    parts.manifests.push_back(describe(types::manifest, "no such child " + std::to_string(i)));
  const auto response = client.put(manifest_path("refs/case", "t"), as_index, render(parts));
  BOOST_TEST(response.status == 400);
  BOOST_TEST(error_codes(response).size() == 100U);
  running_registry lax;
  const auto accepted =
    registry_client{lax}.put(manifest_path("refs/case", "t"), as_index, render(parts));
  BOOST_TEST(accepted.status == 201);
  BOOST_TEST(accepted.header("Warning").starts_with("299 - \"at least 100 of "));
}

// case 138
BOOST_AUTO_TEST_CASE(a_child_in_another_repository_is_unknown) {
  const auto image = client.push_image("refs/other", "t", "child");
  const auto bytes = render(index_parts{.manifests = {describe(types::manifest, image.bytes)}});
  expect_error(client, {"PUT", manifest_path("refs/case", "t"), as_index, bytes}, 400,
               "MANIFEST_BLOB_UNKNOWN");
  client.push_manifest("refs/other", "index", bytes);
}

// case 138
BOOST_AUTO_TEST_CASE(an_index_may_hold_indexes_or_nothing) {
  const auto empty = lone_manifest("inner");
  client.push_manifest("refs/nested", "inner", empty);
  const auto outer = render(index_parts{.manifests = {describe(types::index, empty)}});
  client.push_manifest("refs/nested", "outer", outer);
  BOOST_TEST(client.get(manifest_path("refs/nested", "outer")).body == outer);
}

// case 138
BOOST_AUTO_TEST_CASE(an_artifact_needs_no_layers) {
  client.push_blob("refs/artifact", "{}");
  const auto config = R"({"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":")" +
                      sha256("{}") + R"("})";
  const auto start =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
    R"("artifactType":"application/x.thing","config":)" +
    config;
  for (const auto& end : {std::string{"}"}, std::string{R"(,"layers":[]})"}})
    BOOST_TEST(client.put(manifest_path("refs/artifact", "t"), as_image, start + end).status ==
               201);
}

// case 138
BOOST_AUTO_TEST_CASE(fields_and_whitespace_of_the_client_are_kept) {
  const std::string bytes = "\n{ \"schemaVersion\" : 2,\r\n\t\"mediaType\": "
                            "\"application/vnd.oci.image.index.v1+json\", \"manifests\": [ ],\n"
                            "  \"x-custom\": {\"b\": 1.50, \"a\": \"\\u00e9\"} }\n\n";
  client.push_manifest("refs/exact", "t", bytes);
  BOOST_TEST(client.get(manifest_path("refs/exact", "t")).body == bytes);
}

// case 139
BOOST_AUTO_TEST_CASE(non_distributable_layers_may_be_absent) {
  client.push_blob("refs/case", "{}");
  auto config = describe(types::empty, "{}");
  for (const auto* type : {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                           "application/vnd.oci.image.layer.nondistributable.v1.tar",
                           "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
                           "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}) {
    auto layer = describe(type, "elsewhere");
    layer.more = R"(,"urls":["http://elsewhere.example/layer"])";
    BOOST_TEST(put_image({.config = config, .layers = {layer}}).status == 201);
  }
  auto ordinary = describe(types::layer, "elsewhere");
  ordinary.more = R"(,"urls":["http://elsewhere.example/layer"])";
  check_error(put_image({.config = config, .layers = {ordinary}}), 400, "MANIFEST_BLOB_UNKNOWN");
}

// case 140
BOOST_AUTO_TEST_CASE(embedded_data_is_kept) {
  client.push_blob("refs/case", "{}");
  auto config = describe(types::empty, "{}");
  config.more = R"(,"data":"e30=")";
  const image_parts parts{.config = config};
  BOOST_TEST(put_image(parts).status == 201);
  BOOST_TEST(client.get(manifest_path("refs/case", "t")).body == render(parts));
}

// case 141
BOOST_AUTO_TEST_CASE(a_size_other_than_that_of_the_blob_is_refused) {
  client.push_blob("refs/case", "{}");
  client.push_blob("refs/case", "layer");
  auto layer = describe(types::layer, "layer");
  layer.size += 1;
  check_error(put_image({.config = describe(types::empty, "{}"), .layers = {layer}}), 400,
              "MANIFEST_INVALID");
}

// case 141
BOOST_FIXTURE_TEST_CASE(an_ephemeral_registry_checks_sizes_too, registry_case) {
  client.push_blob("refs/size", "{}");
  auto config = describe(types::empty, "{}");
  config.size = 3;
  expect_error(
    client,
    {"PUT", manifest_path("refs/size", "t"), as_image, render(image_parts{.config = config})}, 400,
    "MANIFEST_INVALID");
}

// case 143
BOOST_AUTO_TEST_CASE(a_subject_may_be_absent_and_is_confirmed) {
  const auto subject = describe(types::manifest, "not here yet");
  const auto bytes = render(index_parts{.subject = subject});
  const auto response = client.put(manifest_path("refs/case", "t"), as_index, bytes);
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("OCI-Subject") == subject.digest);
  BOOST_TEST(!response.has("Warning"));
  const auto without = client.put(manifest_path("refs/case", "t2"), as_index, lone_manifest("x"));
  BOOST_TEST(!without.has("OCI-Subject"));
}

// case 148
BOOST_AUTO_TEST_CASE(above_the_quota_no_repository_is_added) {
  running_registry limited{[](auto& settings) { settings.actors.max_repositories = 1; }};
  registry_client pushing{limited};
  pushing.push_manifest("quota/first", "a", lone_manifest("a"));
  const auto response =
    expect_error(pushing, {"PUT", manifest_path("quota/second", "a"), as_index, lone_manifest("a")},
                 403, "DENIED");
  BOOST_TEST(!response.has("Retry-After")); // waiting does not help
  BOOST_TEST(response.body.find("--max-repositories") != std::string::npos);
  pushing.push_manifest("quota/first", "b", lone_manifest("b"));
  BOOST_TEST(pushing.get("/v2/_catalog").body == R"({"repositories":["quota/first"]})");
}

BOOST_AUTO_TEST_SUITE_END()
