// Pushing manifests: media types, malformed contents, tags by query, policies. References are
// tested separately.
#include "e2e/manifest_fields.hpp"
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

http_request put_index(const std::string& target, const std::string& bytes) {
  return {"PUT", target, as_index, bytes};
}

void check_manifest_created(const http_response& response, std::string_view repository,
                            std::string_view digest) {
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("Location") == manifest_path(repository, digest));
  BOOST_TEST(response.header("Docker-Content-Digest") == digest);
  BOOST_TEST(response.header("Content-Length") == "0");
  BOOST_TEST(!response.has("Content-Type"));
}

struct bad_manifest {
  const char* what;
  std::string bytes;
};

std::ostream& operator<<(std::ostream& out, const bad_manifest& row) {
  return out << row.what;
}

std::string index_of(const std::string& members) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json")" + members +
         "}";
}

/// So many members, each with a trailing comma, that a quadratic search for duplicates would take
/// minutes.
std::string many_members() {
  std::string text;
  for (int i = 0; i < 100'000; ++i)
    text += '"' + std::to_string(i) + "\":0,";
  return text;
}

const std::vector<bad_manifest> malformed_manifests{
  // case 134
  {"a single brace", "{"},
  {"nothing", ""},
  {"an array", "[]"},
  {"null", "null"},
  {"a string", "\"manifest\""},
  {"a duplicate key", index_of(R"(,"manifests":[],"manifests":[])")},
  {"a key twice among very many",
   index_of(R"(,"manifests":[],"x":{)" + many_members() + R"("7":0})")},
  {"deep nesting", std::string(10'000, '[')},
  {"deep nesting inside a member",
   index_of(R"(,"manifests":[],"x":)" + std::string(5'000, '[') + std::string(5'000, ']'))},
  {"invalid UTF-8", index_of(",\"manifests\":[],\"x\":\"\xff\xfe\"")},
  {"text after the end", index_of(R"(,"manifests":[])") + "x"},
  {"manifests that are no array", index_of(R"(,"manifests":{})")},
  {"a child without a digest",
   index_of(
     R"(,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1}])")},
  {"a negative size",
   index_of(R"(,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":-1,)"
            R"("digest":")" +
            digest_of_nothing() + R"("}])")},
  // case 135
  {"manifests and layers", index_of(R"(,"manifests":[],"layers":[])")},
  {"manifests and config",
   index_of(R"(,"manifests":[],"config":{"mediaType":"application/vnd.oci.empty.v1+json",)"
            R"("size":2,"digest":")" +
            sha256("{}") + R"("}})")},
  // case 146
  {"no schemaVersion", R"({"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})"},
  {"schemaVersion 1",
   R"({"schemaVersion":1,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})"},
  {"schemaVersion as text",
   R"({"schemaVersion":"2","mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})"},
};

/// A manifest whose annotations make it about `size` bytes long.
std::string large_manifest(std::size_t annotations, std::size_t bytes_each) {
  index_parts parts;
  for (std::size_t i = 0; i < annotations; ++i)
    parts.annotations.emplace_back("annotation-" + std::to_string(i), std::string(bytes_each, 'a'));
  return render(parts);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(manifest_write, registry_case,
                         *boost::unit_test::fixture<shared_registry>())

// case 127
BOOST_AUTO_TEST_CASE(a_manifest_is_pushed_by_tag) {
  const auto bytes = lone_manifest("by tag");
  const auto response = client.put(manifest_path("write/tag", "t"), as_index, bytes);
  check_manifest_created(response, "write/tag", sha256(bytes));
  const auto read = client.get(response.header("Location"));
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.body == bytes);
  BOOST_TEST(read.header("Content-Type") == types::index);
}

BOOST_AUTO_TEST_CASE(unknown_members_may_be_many) {
  const auto bytes = index_of(R"(,"manifests":[],"x":{)" + many_members() + R"("end":0})");
  check_manifest_created(client.put(manifest_path("write/many", "t"), as_index, bytes),
                         "write/many", sha256(bytes));
}

// case 128
BOOST_AUTO_TEST_CASE(the_same_push_again_changes_nothing) {
  const auto bytes = lone_manifest("twice");
  for (int round = 0; round < 2; ++round)
    check_manifest_created(client.put(manifest_path("write/twice", "t"), as_index, bytes),
                           "write/twice", sha256(bytes));
  BOOST_TEST(client.get(tags_path("write/twice")).body == R"({"name":"write/twice","tags":["t"]})");
}

// case 128
BOOST_AUTO_TEST_CASE(a_tag_moves_and_the_old_manifest_stays) {
  const auto old_id = client.push_manifest("write/move", "t", lone_manifest("old"));
  const auto new_id = client.push_manifest("write/move", "t", lone_manifest("new"));
  BOOST_TEST(client.head(manifest_path("write/move", "t")).header("Docker-Content-Digest") ==
             new_id);
  BOOST_TEST(client.get(manifest_path("write/move", old_id)).body == lone_manifest("old"));
}

// case 129
BOOST_AUTO_TEST_CASE(a_manifest_is_pushed_by_digest) {
  const auto bytes = lone_manifest("by digest");
  check_manifest_created(client.put(manifest_path("write/digest", sha256(bytes)), as_index, bytes),
                         "write/digest", sha256(bytes));
}

// case 129
BOOST_AUTO_TEST_CASE(a_digest_of_other_bytes_is_refused) {
  const auto bytes = lone_manifest("other");
  const auto target = manifest_path("write/wrong", sha256(bytes));
  expect_error(client, put_index(target, bytes + "  "), 400, "DIGEST_INVALID");
  expect_error(client, put_index(manifest_path("write/wrong", digest_of_nothing()), bytes), 400,
               "DIGEST_INVALID");
  expect_error(client, put_index(manifest_path("write/wrong", "sha256:baddigeststring"), bytes),
               400, "DIGEST_INVALID");
  expect_error(client, {"GET", target}, 404, "MANIFEST_UNKNOWN");
}

// case 130
BOOST_AUTO_TEST_CASE(a_manifest_may_be_pushed_by_sha512) {
  const auto bytes = lone_manifest("long digest");
  client.push_manifest("write/sha512", "t", bytes);
  check_manifest_created(client.put(manifest_path("write/sha512", sha512(bytes)), as_index, bytes),
                         "write/sha512", sha512(bytes));
  const auto read = client.get(manifest_path("write/sha512", sha512(bytes)));
  BOOST_TEST(read.body == bytes);
  BOOST_TEST(read.header("Docker-Content-Digest") == sha512(bytes));
  BOOST_TEST(client.head(manifest_path("write/sha512", "t")).header("Docker-Content-Digest") ==
             sha256(bytes));
}

// case 131
BOOST_DATA_TEST_CASE_F(registry_case, a_malformed_tag_is_refused,
                       boost::unit_test::data::make(std::vector<std::string>{
                         ".bad", "-x", std::string(129, 'a'), "a%20b", "a+b", "%C3%A9"}),
                       tag) {
  expect_error(client, put_index(manifest_path("write/tags", tag), lone_manifest("x")), 400,
               "TAG_INVALID");
}

// case 131
BOOST_AUTO_TEST_CASE(tags_that_look_like_a_route_or_a_digest_are_refused) {
  for (const auto* tag : {"a/b", "a:b", ""}) {
    const auto response =
      client.put(manifest_path("write/tags", tag), as_index, lone_manifest("x"));
    BOOST_TEST((response.status == 400 || response.status == 404));
    check_error(response, response.status, "");
  }
}

// case 131
BOOST_AUTO_TEST_CASE(the_longest_tag_is_accepted) {
  client.push_manifest("write/tags", std::string(128, 'a'), lone_manifest("x"));
}

// case 132
BOOST_AUTO_TEST_CASE(without_a_content_type_the_media_type_field_decides) {
  const auto target = manifest_path("write/sniff", "t");
  BOOST_TEST(client.put(target, {}, lone_manifest("sniffed")).status == 201);
  BOOST_TEST(client.head(target).header("Content-Type") == types::index);
  expect_error(client, {"PUT", target, {}, R"({"schemaVersion":2,"manifests":[]})"}, 400,
               "MANIFEST_INVALID");
}

// case 132
BOOST_AUTO_TEST_CASE(a_type_other_than_a_manifest_is_refused) {
  for (const auto* type : {"text/plain", "application/octet-stream", "nonsense"})
    expect_error(
      client,
      {"PUT", manifest_path("write/type", "t"), {{"Content-Type", type}}, lone_manifest("typed")},
      415, "MANIFEST_INVALID");
}

// case 133
BOOST_AUTO_TEST_CASE(a_content_type_is_normalised) {
  const header_list odd{
    {"Content-Type", "Application/Vnd.OCI.Image.Index.V1+JSON ; charset=UTF-8"}};
  const auto target = manifest_path("write/normal", "t");
  BOOST_TEST(client.put(target, odd, lone_manifest("normal")).status == 201);
  BOOST_TEST(client.get(target).header("Content-Type") == types::index);
}

// case 133
BOOST_AUTO_TEST_CASE(a_content_type_other_than_the_media_type_is_refused) {
  for (const auto* type : {types::docker_list, types::manifest})
    expect_error(client,
                 {"PUT",
                  manifest_path("write/mismatch", "t"),
                  {{"Content-Type", type}},
                  lone_manifest("mismatch")},
                 400, "MANIFEST_INVALID");
}

// cases 134, 135, 146
BOOST_DATA_TEST_CASE_F(registry_case, a_malformed_manifest_is_refused,
                       boost::unit_test::data::make(malformed_manifests), row) {
  expect_error(client, put_index(manifest_path("write/malformed", "t"), row.bytes), 400,
               "MANIFEST_INVALID");
  BOOST_TEST(client.get(manifest_path("write/malformed", "t")).status == 404);
}

// case 142
BOOST_AUTO_TEST_CASE(a_manifest_of_almost_four_mebibytes_is_accepted) {
  const auto bytes = large_manifest(390, 10'000);
  client.push_manifest("write/large", "t", bytes);
  BOOST_TEST((client.get(manifest_path("write/large", "t")).body == bytes));
}

// case 142
BOOST_AUTO_TEST_CASE(a_manifest_above_the_limit_is_refused) {
  const auto bytes = large_manifest(430, 10'000);
  const auto target = manifest_path("write/too-large", "t");
  expect_error(client, put_index(target, bytes), 413, "SIZE_INVALID");
  const header_list coded{{"Content-Type", types::index}, {"Transfer-Encoding", "chunked"}};
  expect_error(client, {"PUT", target, coded, chunked(bytes, 65'536)}, 413, "SIZE_INVALID");
  BOOST_TEST(client.get(target).status == 404);
}

// case 144
BOOST_AUTO_TEST_CASE(a_push_by_digest_sets_the_tags_of_its_query) {
  const auto bytes = lone_manifest("tagged by query");
  auto target = manifest_path("write/query", sha256(bytes));
  std::vector<std::string> tags;
  for (int i = 0; i < 12; ++i)
    target = with_query(target, "tag=" + tags.emplace_back("tag-" + std::to_string(10 + i)));
  const auto response = client.put(with_query(target, "tag=tag-10"), as_index, bytes);
  check_manifest_created(response, "write/query", sha256(bytes));
  BOOST_TEST(response.values("OCI-Tag") == tags, boost::test_tools::per_element());
  BOOST_TEST(strings_of(client.get(tags_path("write/query")).body, "tags") == tags,
             boost::test_tools::per_element());
  BOOST_TEST(client.get(manifest_path("write/query", "tag-21")).body == bytes);
}

// case 144
BOOST_AUTO_TEST_CASE(bad_or_too_many_tags_in_the_query_change_nothing) {
  const auto bytes = lone_manifest("badly tagged");
  const auto target = manifest_path("write/badquery", sha256(bytes));
  for (const auto* query : {"tag=good&tag=.bad", "tag=good&tag=", "tag=good&tag=a%2Fb"})
    expect_error(client, put_index(with_query(target, query), bytes), 400, "TAG_INVALID");
  std::string many = target;
  for (int i = 0; i < 65; ++i)
    many = with_query(many, "tag=t" + std::to_string(i));
  expect_error(client, put_index(many, bytes), 414, "");
  expect_error(client, {"GET", target}, 404, "MANIFEST_UNKNOWN");
  expect_error(client, {"GET", manifest_path("write/badquery", "good")}, 404, "MANIFEST_UNKNOWN");
}

// case 144
BOOST_AUTO_TEST_CASE(tags_in_the_query_of_a_push_by_tag_set_nothing) {
  const auto target = with_query(manifest_path("write/tagquery", "t"), "tag=other");
  const auto response = client.put(target, as_index, lone_manifest("tag and query"));
  BOOST_TEST((response.status == 201 || response.status == 400));
  BOOST_TEST(!response.has("OCI-Tag"));
  BOOST_TEST(client.get(manifest_path("write/tagquery", "other")).status == 404);
}

// case 145
BOOST_AUTO_TEST_CASE(an_immutable_tag_stays_where_it_is) {
  running_registry server{[](auto& settings) { settings.actors.immutable_tags = {"v*"}; }};
  registry_client pushing{server};
  const auto first = lone_manifest("first");
  const auto second = lone_manifest("second");
  pushing.push_manifest("write/fixed", "v1", first);
  pushing.push_manifest("write/fixed", "v1", first);
  expect_error(pushing, put_index(manifest_path("write/fixed", "v1"), second), 409, "DENIED");
  const auto by_query = with_query(manifest_path("write/fixed", sha256(second)), "tag=v1");
  expect_error(pushing, put_index(by_query, second), 409, "DENIED");
  BOOST_TEST(pushing.get(manifest_path("write/fixed", "v1")).body == first);
  pushing.push_manifest("write/fixed", "latest", first);
  pushing.push_manifest("write/fixed", "latest", second);
}

// case 146
BOOST_AUTO_TEST_CASE(schema_1_is_refused_with_a_clear_message) {
  for (const auto* type : {"application/vnd.docker.distribution.manifest.v1+prettyjws",
                           "application/vnd.docker.distribution.manifest.v1+json"}) {
    const auto response = expect_error(client,
                                       {"PUT",
                                        manifest_path("write/schema1", "t"),
                                        {{"Content-Type", type}},
                                        R"({"schemaVersion":1,"name":"a","tag":"t"})"},
                                       400, "MANIFEST_INVALID");
    BOOST_TEST(response.body.find("chema") != std::string::npos);
  }
}

// case 147
BOOST_AUTO_TEST_CASE(dockers_types_are_accepted_and_returned) {
  const std::string config = R"({"architecture":"amd64","os":"linux"})";
  client.push_blob("write/docker", config);
  client.push_blob("write/docker", "layer");
  const auto image = render(image_parts{.media_type = types::docker_manifest,
                                        .config = describe(types::docker_config, config),
                                        .layers = {describe(types::docker_layer, "layer")}});
  client.push_manifest("write/docker", "image", image, types::docker_manifest);
  auto child = describe(types::docker_manifest, image);
  child.more = R"(,"platform":{"architecture":"amd64","os":"linux"})";
  const auto list = render(index_parts{.media_type = types::docker_list, .manifests = {child}});
  client.push_manifest("write/docker", "list", list, types::docker_list);
  const auto read_image = client.get(manifest_path("write/docker", "image"));
  BOOST_TEST(read_image.header("Content-Type") == types::docker_manifest);
  BOOST_TEST(read_image.body == image);
  const auto read_list = client.get(manifest_path("write/docker", "list"));
  BOOST_TEST(read_list.header("Content-Type") == types::docker_list);
  BOOST_TEST(read_list.body == list);
}

// case 149
BOOST_AUTO_TEST_CASE(a_read_only_registry_accepts_no_manifests) {
  running_registry server{[](auto& settings) {
    settings.api.read_only = true;
    settings.seed = "true";
  }};
  registry_client pushing{server};
  const auto latest = manifest_path("library/hello-world", "latest");
  const auto before = pushing.get(latest).body;
  expect_error(pushing, put_index(latest, lone_manifest("new")), 405, "UNSUPPORTED");
  BOOST_TEST(pushing.get(latest).body == before);
}

// case 150
BOOST_AUTO_TEST_CASE(an_acceptable_manifest_gets_100_continue) {
  const auto bytes = lone_manifest("asked for");
  client.send_head("PUT", manifest_path("write/expect", "t"),
                   {{"Expect", "100-continue"},
                    {"Content-Type", types::index},
                    {"Content-Length", std::to_string(bytes.size())}});
  BOOST_TEST(client.receive_any().status == 100);
  client.send(bytes);
  BOOST_TEST(client.receive_any().status == 201);
}

// case 150
BOOST_AUTO_TEST_CASE(a_push_that_breaks_off_moves_no_tag) {
  const auto bytes = lone_manifest("stays");
  client.push_manifest("write/abort", "t", bytes);
  for (const bool reset : {false, true}) {
    registry_client breaking{shared_registry::get()};
    breaking.send_head("PUT", manifest_path("write/abort", "t"),
                       {{"Content-Type", types::index}, {"Content-Length", "1000"}});
    // A complete manifest, though not a complete body.
    breaking.send(lone_manifest("breaks off"));
    if (reset) {
      breaking.reset();
    } else {
      breaking.half_close();
      breaking.read_until_close();
    }
  }
  BOOST_TEST(client.get(manifest_path("write/abort", "t")).body == bytes);
  BOOST_TEST(client.get(manifest_path("write/abort", sha256(lone_manifest("breaks off")))).status ==
             404);
}

// case 150
BOOST_AUTO_TEST_CASE(the_last_of_two_pushes_to_a_tag_wins_and_both_can_be_pulled) {
  const auto push = [](const std::string& mark) {
    return [mark](const std::atomic<bool>&) {
      registry_client pushing{shared_registry::get()};
      for (int round = 0; round < 50; ++round)
        pushing.put(manifest_path("write/race", "t"), as_index,
                    lone_manifest(mark + std::to_string(round)));
    };
  };
  background first{push("a")};
  background second{push("b")};
  first.join();
  second.join();
  const auto winner = client.get(manifest_path("write/race", "t")).body;
  BOOST_TEST((winner == lone_manifest("a49") || winner == lone_manifest("b49")));
  for (const auto* mark : {"a", "b"})
    for (int round = 0; round < 50; ++round) {
      const auto bytes = lone_manifest(mark + std::to_string(round));
      BOOST_TEST(client.get(manifest_path("write/race", sha256(bytes))).body == bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()
