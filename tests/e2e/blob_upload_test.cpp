// Uploads of whole blobs: sessions, monolithic uploads, mounts, limits. Chunks are tested
// separately.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;

namespace {

const std::string bytes = "the bytes of one blob";
const std::string id = sha256(bytes);

void check_blob_created(const http_response& response, std::string_view repository,
                        std::string_view digest) {
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("Location") == blob_path(repository, digest));
  BOOST_TEST(response.header("Docker-Content-Digest") == digest);
  BOOST_TEST(response.header("Content-Length") == "0");
  BOOST_TEST(response.body.empty());
}

/// Expects 202 with an open session; returns its Location.
std::string check_opened(const http_response& response, const std::string& repository) {
  BOOST_TEST(response.status == 202);
  const auto uuid = response.header("Docker-Upload-UUID");
  const auto location = response.header("Location");
  BOOST_TEST(uuid.size() == 36U);
  BOOST_TEST(location.starts_with(uploads_path(repository) + uuid));
  BOOST_TEST(response.header("Range") == "0-0");
  BOOST_TEST(response.header("Content-Length") == "0");
  BOOST_TEST(!response.has("Content-Type"));
  return location;
}

const std::vector<std::string> bad_digests{"sha256:baddigest",
                                           "sha257:" + std::string(64, 'a'),
                                           "sha384:" + std::string(96, 'a'),
                                           "md5:d41d8cd98f00b204e9800998ecf8427e",
                                           "baddigest",
                                           "sha256:" + std::string(64, 'A'),
                                           ""};

} // namespace

BOOST_FIXTURE_TEST_SUITE(blob_upload, registry_case, *boost::unit_test::fixture<shared_registry>())

// case 86
BOOST_AUTO_TEST_CASE(an_upload_opens_with_or_without_a_trailing_slash) {
  const auto first = check_opened(client.post("/v2/up/open/blobs/uploads/"), "up/open");
  const auto second = check_opened(client.post("/v2/up/open/blobs/uploads"), "up/open");
  BOOST_TEST(first != second);
}

// case 87
BOOST_AUTO_TEST_CASE(one_put_uploads_a_whole_blob) {
  const auto location = client.start_upload("up/put");
  check_blob_created(
    client.put(digest_query(location, id), {{"Content-Type", types::octets}}, bytes), "up/put", id);
  BOOST_TEST(client.get(blob_path("up/put", id)).body == bytes);
  expect_error(client, {"GET", location}, 404, "BLOB_UPLOAD_UNKNOWN");
}

// case 88
BOOST_AUTO_TEST_CASE(a_put_without_a_digest_is_refused) {
  const auto location = client.start_upload("up/none");
  expect_error(client, {"PUT", location, {}, bytes}, 400, "DIGEST_INVALID");
}

// cases 89, 91
BOOST_DATA_TEST_CASE_F(registry_case, a_put_with_a_malformed_digest_is_refused,
                       boost::unit_test::data::make(bad_digests), text) {
  const auto location = client.start_upload("up/bad");
  expect_error(client, {"PUT", digest_query(location, text), {}, bytes}, 400, "DIGEST_INVALID");
}

// case 90
BOOST_AUTO_TEST_CASE(a_put_with_the_digest_of_other_bytes_ends_the_session) {
  const auto other = sha256("other bytes");
  const auto location = client.start_upload("up/wrong");
  expect_error(client, {"PUT", digest_query(location, other), {}, bytes}, 400, "DIGEST_INVALID");
  BOOST_TEST(client.head(blob_path("up/wrong", other)).status == 404);
  BOOST_TEST(client.head(blob_path("up/wrong", id)).status == 404);
  expect_error(client, {"GET", location}, 404, "BLOB_UPLOAD_UNKNOWN");
}

// case 92
BOOST_AUTO_TEST_CASE(a_session_may_end_in_a_digest_of_another_algorithm) {
  const auto long_id = sha512(bytes);
  const auto location = client.start_upload("up/sha512");
  BOOST_TEST(client.patch(location, {}, bytes.substr(0, 5)).status == 202);
  check_blob_created(client.put(digest_query(location, long_id), {}, bytes.substr(5)), "up/sha512",
                     long_id);
  const auto response = client.get(blob_path("up/sha512", long_id));
  BOOST_TEST(response.body == bytes);
  BOOST_TEST(response.header("Docker-Content-Digest") == long_id);
}

// case 92
BOOST_AUTO_TEST_CASE(a_large_blob_may_end_in_a_digest_of_another_algorithm) {
  const auto large = noise(5'000'000, 92);
  const auto location = client.start_upload("up/sha512");
  BOOST_TEST(client.patch(location, {}, large).status == 202);
  check_blob_created(client.put(digest_query(location, sha512(large))), "up/sha512", sha512(large));
  BOOST_TEST((client.get(blob_path("up/sha512", sha512(large))).body == large));
}

BOOST_AUTO_TEST_CASE(the_end_of_an_upload_may_be_repeated) {
  const auto location = client.start_upload("up/again");
  BOOST_TEST(client.patch(location, {}, bytes).status == 202);
  check_blob_created(client.put(digest_query(location, id)), "up/again", id);
  check_blob_created(client.put(digest_query(location, id)), "up/again", id);
  // Also with the bytes, like a client that sends them all in the PUT.
  const auto whole = client.start_upload("up/again");
  check_blob_created(client.put(digest_query(whole, id), {}, bytes), "up/again", id);
  check_blob_created(client.put(digest_query(whole, id), {}, bytes), "up/again", id);
  if (client.put(digest_query(whole, id), {}, bytes).closes())
    client.reconnect();
  expect_error(client, {"GET", location}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"PUT", digest_query(location, digest_of_nothing())}, 404,
               "BLOB_UPLOAD_UNKNOWN");
  // After the blob's deletion there is nothing to confirm.
  BOOST_TEST(client.erase(blob_path("up/again", id)).status == 202);
  expect_error(client, {"PUT", digest_query(location, id)}, 404, "BLOB_UPLOAD_UNKNOWN");
}

// case 93
BOOST_AUTO_TEST_CASE(a_session_may_announce_its_algorithm) {
  const auto response = client.post(with_query(uploads_path("up/algo"), "digest-algorithm=sha512"));
  const auto location = check_opened(response, "up/algo");
  check_blob_created(client.put(digest_query(location, sha512(bytes)), {}, bytes), "up/algo",
                     sha512(bytes));
  const auto other = client.post(with_query(uploads_path("up/algo"), "digest-algorithm=sha512"));
  check_blob_created(client.put(digest_query(other.header("Location"), id), {}, bytes), "up/algo",
                     id);
}

// case 93
BOOST_AUTO_TEST_CASE(an_unknown_algorithm_is_refused) {
  for (const auto* name : {"sha1", "sha257", "SHA256", ""})
    expect_error(
      client,
      {"POST", with_query(uploads_path("up/algo"), std::string{"digest-algorithm="} + name)}, 400,
      "DIGEST_INVALID");
}

// case 94
BOOST_AUTO_TEST_CASE(one_post_uploads_a_whole_blob) {
  const auto target = digest_query(uploads_path("up/mono"), id);
  check_blob_created(client.post(target, {{"Content-Type", types::octets}}, bytes), "up/mono", id);
  BOOST_TEST(client.get(blob_path("up/mono", id)).body == bytes);
}

// case 94
BOOST_AUTO_TEST_CASE(one_chunked_post_uploads_a_whole_blob) {
  const auto large = noise(1'000'000, 94);
  const auto target = digest_query(uploads_path("up/mono"), sha256(large));
  check_blob_created(
    client.post(target, {{"Transfer-Encoding", "chunked"}}, chunked(large, 70'000)), "up/mono",
    sha256(large));
  BOOST_TEST((client.get(blob_path("up/mono", sha256(large))).body == large));
}

// case 94
BOOST_AUTO_TEST_CASE(one_post_uploads_the_empty_blob) {
  check_blob_created(client.post(digest_query(uploads_path("up/mono"), sha256(""))), "up/mono",
                     sha256(""));
}

// case 94
BOOST_DATA_TEST_CASE_F(registry_case, a_post_with_a_malformed_digest_is_refused,
                       boost::unit_test::data::make(bad_digests), text) {
  expect_error(client, {"POST", digest_query(uploads_path("up/mono"), text), {}, bytes}, 400,
               "DIGEST_INVALID");
}

// case 95
BOOST_AUTO_TEST_CASE(a_post_with_the_digest_of_other_bytes_leaves_nothing) {
  const auto other = sha256("other bytes");
  const auto response =
    expect_error(client, {"POST", digest_query(uploads_path("up/mono95"), other), {}, bytes}, 400,
                 "DIGEST_INVALID");
  BOOST_TEST(!response.has("Location"));
  BOOST_TEST(!response.has("Docker-Upload-UUID"));
  BOOST_TEST(client.head(blob_path("up/mono95", other)).status == 404);
}

// case 109
BOOST_AUTO_TEST_CASE(an_upload_that_was_never_opened_is_unknown) {
  for (const auto* uuid : {"6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11", "not-a-uuid"}) {
    const auto target = uploads_path("up/unknown") + uuid;
    expect_error(client, {"GET", target}, 404, "BLOB_UPLOAD_UNKNOWN");
    expect_error(client, {"PATCH", target, {}, bytes}, 404, "BLOB_UPLOAD_UNKNOWN");
    expect_error(client, {"PUT", digest_query(target, id), {}, bytes}, 404, "BLOB_UPLOAD_UNKNOWN");
    expect_error(client, {"DELETE", target}, 404, "BLOB_UPLOAD_UNKNOWN");
  }
}

// case 110
BOOST_AUTO_TEST_CASE(an_upload_is_unknown_in_another_repository) {
  const auto response = client.post(uploads_path("up/mine"));
  const auto stolen = uploads_path("up/other") + response.header("Docker-Upload-UUID");
  expect_error(client, {"GET", stolen}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"PATCH", stolen, {}, bytes}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"PUT", digest_query(stolen, id), {}, bytes}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"DELETE", stolen}, 404, "BLOB_UPLOAD_UNKNOWN");
  BOOST_TEST(client.get(path_of(response.header("Location"))).status == 204);
}

// case 111
BOOST_AUTO_TEST_CASE(a_cancelled_upload_is_gone) {
  const auto location = client.start_upload("up/cancel");
  BOOST_TEST(client.patch(location, {}, bytes).status == 202);
  const auto response = client.erase(location);
  BOOST_TEST(response.status == 204);
  BOOST_TEST(!response.has("Content-Length"));
  expect_error(client, {"DELETE", location}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"GET", location}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"PATCH", location, {}, bytes}, 404, "BLOB_UPLOAD_UNKNOWN");
  expect_error(client, {"PUT", digest_query(location, id)}, 404, "BLOB_UPLOAD_UNKNOWN");
}

// case 114
BOOST_AUTO_TEST_CASE(two_sessions_that_end_in_the_same_digest_both_succeed) {
  const auto large = noise(2'000'000, 114);
  const auto digest = sha256(large);
  int second_status = 0;
  registry_client other{shared_registry::get()};
  const auto first_location = client.start_upload("up/twins");
  const auto second_location = other.start_upload("up/twins");
  background second{[&](const std::atomic<bool>&) {
    second_status = other.put(digest_query(second_location, digest), {}, large).status;
  }};
  BOOST_TEST(client.put(digest_query(first_location, digest), {}, large).status == 201);
  second.join();
  BOOST_TEST(second_status == 201);
  BOOST_TEST((client.get(blob_path("up/twins", digest)).body == large));
}

// case 115
BOOST_AUTO_TEST_CASE(an_abandoned_upload_expires_and_frees_its_bytes) {
  using namespace std::chrono_literals;
  running_registry server{[](auto& settings) {
    settings.memory_limit = 8 * 1024 * 1024;
    settings.actors.upload_expiry = 100ms;
    settings.actors.collect_interval = 20ms;
  }};
  registry_client pushing{server};
  const auto large = noise(5 * 1024 * 1024, 115);
  const auto location = pushing.start_upload("up/expiry");
  BOOST_TEST(pushing.patch(location, {}, large).status == 202);
  // A status request would keep it alive, hence the pause.
  BOOST_TEST(eventually([&] { return pushing.get(location).status == 404; }, 300ms));
  expect_error(pushing, {"GET", location}, 404, "BLOB_UPLOAD_UNKNOWN");
  const auto target = digest_query(uploads_path("up/expiry"), sha256(large));
  BOOST_TEST(eventually([&] {
    registry_client retrying{server};
    return retrying.post(target, {}, large).status == 201;
  }));
}

// case 118
BOOST_AUTO_TEST_CASE(a_read_only_registry_accepts_no_uploads) {
  running_registry server{[](auto& settings) {
    settings.api.read_only = true;
    settings.seed = "true";
  }};
  registry_client pushing{server};
  const auto session = uploads_path("up/ro") + "6b1bd4b3-7f1c-4f0e-8f5a-6d3d3c9c1f11";
  expect_error(pushing, {"POST", uploads_path("up/ro")}, 405, "UNSUPPORTED");
  expect_error(pushing, {"POST", digest_query(uploads_path("up/ro"), id), {}, bytes}, 405,
               "UNSUPPORTED");
  expect_error(pushing, {"POST", with_query(uploads_path("up/ro"), "mount=" + id)}, 405,
               "UNSUPPORTED");
  expect_error(pushing, {"PATCH", session, {}, bytes}, 405, "UNSUPPORTED");
  expect_error(pushing, {"PUT", digest_query(session, id), {}, bytes}, 405, "UNSUPPORTED");
  expect_error(pushing, {"DELETE", session}, 405, "UNSUPPORTED");
  BOOST_TEST(pushing.get(manifest_path("library/hello-world", "latest")).status == 200);
}

// case 119
BOOST_AUTO_TEST_CASE(a_blob_is_mounted_from_another_repository) {
  client.push_blob("up/source", bytes);
  const auto target = with_query(uploads_path("up/target"), "mount=" + id + "&from=up/source");
  check_blob_created(client.post(target), "up/target", id);
  BOOST_TEST(client.head(blob_path("up/target", id)).status == 200);
  BOOST_TEST(client.get(blob_path("up/target", id)).body == bytes);
}

// case 119
BOOST_AUTO_TEST_CASE(mount_parameters_may_be_percent_encoded) {
  client.push_blob("up/source", bytes);
  const auto encoded = "sha256%3A" + id.substr(7);
  const auto target = with_query(uploads_path("up/target2"), "from=up%2Fsource&mount=" + encoded);
  check_blob_created(client.post(target), "up/target2", id);
}

// case 120
BOOST_AUTO_TEST_CASE(a_mount_without_from_finds_the_blob_anywhere) {
  const auto somewhere = client.push_blob("up/anywhere", "mounted without from");
  check_blob_created(client.post(with_query(uploads_path("up/target3"), "mount=" + somewhere)),
                     "up/target3", somewhere);
  BOOST_TEST(client.head(blob_path("up/target3", somewhere)).status == 200);
}

// case 121
BOOST_AUTO_TEST_CASE(an_impossible_mount_opens_a_session) {
  client.push_blob("up/source", bytes);
  const auto absent = digest_of_nothing();
  for (const auto& query :
       {"mount=" + absent + "&from=up/source", "mount=" + absent,
        "mount=" + id + "&from=up/no-such", "mount=" + id + "&from=BAD",
        std::string{"mount=sha256:bad&from=up/source"}, std::string{"from=up/source"}})
    BOOST_TEST_CONTEXT(query)
  check_opened(client.post(with_query(uploads_path("up/unmounted"), query)), "up/unmounted");
  BOOST_TEST(client.head(blob_path("up/unmounted", id)).status == 404);
}

// case 122
BOOST_AUTO_TEST_CASE(the_session_of_a_failed_mount_accepts_the_blob) {
  const auto query = "mount=" + id + "&from=up/no-such";
  const auto response = client.post(with_query(uploads_path("up/fallback"), query));
  const auto location = check_opened(response, "up/fallback");
  check_blob_created(client.put(digest_query(location, id), {}, bytes), "up/fallback", id);
  const auto other = client.post(with_query(uploads_path("up/fallback"), query));
  BOOST_TEST(client.erase(path_of(other.header("Location"))).status == 204);
}

// case 123
BOOST_AUTO_TEST_CASE(a_body_that_ends_early_makes_no_blob) {
  const auto large = noise(100'000, 123);
  const auto digest = sha256(std::string_view{large}.substr(0, 50'000));
  const auto location = client.start_upload("up/short");
  for (const bool reset : {false, true}) {
    for (const auto& [method, target] :
         {std::pair{"PUT", digest_query(location, digest)},
          std::pair{"POST", digest_query(uploads_path("up/short"), digest)}}) {
      registry_client breaking{shared_registry::get()};
      breaking.send_head(method, target, {{"Content-Length", "100000"}});
      breaking.send(large.substr(0, 50'000));
      if (reset) {
        breaking.reset();
      } else {
        breaking.half_close();
        breaking.read_until_close();
      }
    }
  }
  BOOST_TEST(client.head(blob_path("up/short", digest)).status == 404);
  BOOST_TEST(client.head(blob_path("up/short", sha256(large))).status == 404);
}

// case 124
BOOST_AUTO_TEST_CASE(a_location_is_a_path_that_works_without_its_query) {
  const auto location = client.post(uploads_path("up/location")).header("Location");
  BOOST_TEST(location.starts_with("/v2/"));
  const auto bare = location.substr(0, location.find('?'));
  const auto patched = client.patch(bare, {}, bytes);
  BOOST_TEST(patched.status == 202);
  const auto next = patched.header("Location");
  BOOST_TEST(next.starts_with("/v2/"));
  check_blob_created(client.put(next.substr(0, next.find('?')) + "?digest=" + id), "up/location",
                     id);
}

// case 125
BOOST_AUTO_TEST_CASE(a_digest_may_be_percent_encoded_or_repeated) {
  for (const auto& query : {"digest=sha256%3A" + id.substr(7), "digest=sha256%3a" + id.substr(7),
                            "digest=" + id + "&digest=" + id, "state=x&digest=" + id}) {
    const auto location = client.start_upload("up/encoded");
    check_blob_created(client.put(with_query(location, query), {}, bytes), "up/encoded", id);
  }
}

// case 126
BOOST_AUTO_TEST_CASE(bytes_are_verified_even_if_the_blob_exists) {
  client.push_blob("up/again", bytes);
  const auto good = client.start_upload("up/again");
  check_blob_created(client.put(digest_query(good, id), {}, bytes), "up/again", id);
  const auto bad = client.start_upload("up/again");
  expect_error(client, {"PUT", digest_query(bad, id), {}, "not these bytes"}, 400,
               "DIGEST_INVALID");
  BOOST_TEST(client.get(blob_path("up/again", id)).body == bytes);
}

BOOST_AUTO_TEST_SUITE_END()
