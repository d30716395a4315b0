// A whole server over an engine that answers late, from a thread of its own: what clients see is
// the same.
#include "support/late_engine.hpp"

#include "policy_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(late_engine)

using namespace gantry;
using namespace gantry::test;

namespace {

std::function<void(app::registry_options&)> late(const std::string& elsewhere = {}) {
  return [elsewhere](app::registry_options& settings) {
    settings.around_engine = [elsewhere](std::unique_ptr<storage_engine> inner) {
      auto queue = std::make_shared<late_work_queue>(late_work_queue::runs::on_its_thread);
      return make_late_engine(std::move(inner), std::move(queue), elsewhere);
    };
  };
}

struct late_registry {
  running_registry server{late()};
  registry_client client{server};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_image_goes_there_and_back, late_registry) {
  const auto pushed = client.push_image("a/b", "1", "late");
  BOOST_TEST(client.get(manifest_path("a/b", "1")).body == pushed.bytes);
  BOOST_TEST(client.head(manifest_path("a/b", pushed.digest)).status == 200);
  BOOST_TEST(strings_of(client.get(tags_path("a/b")).body, "tags").size() == 1U);
  BOOST_TEST(strings_of(client.get("/v2/_catalog").body, "repositories").size() == 1U);
  BOOST_TEST(client.erase(manifest_path("a/b", pushed.digest)).status == 202);
  expect_error(client, {"GET", manifest_path("a/b", "1")}, 404, "MANIFEST_UNKNOWN");
  expect_error(client, {"GET", tags_path("a/b")}, 404, "NAME_UNKNOWN");
}

BOOST_FIXTURE_TEST_CASE(bytes_behind_a_reader_are_sent_whole_and_in_ranges, late_registry) {
  const auto bytes = noise(200'001);
  const auto path = blob_path("a", client.push_blob("a", bytes));
  const auto whole = client.get(path);
  BOOST_TEST(whole.status == 200);
  BOOST_TEST((whole.body == bytes));
  BOOST_TEST(client.head(path).header("Content-Length") == "200001");
  const auto part = client.get(path, {{"Range", "bytes=65000-131999"}});
  BOOST_TEST(part.status == 206);
  BOOST_TEST((part.body == bytes.substr(65'000, 67'000)));
  const auto parts = client.get(path, {{"Range", "bytes=0-9,200000-"}});
  BOOST_TEST(parts.status == 206);
  BOOST_TEST((parts.body.find(bytes.substr(0, 10)) != std::string::npos));
  BOOST_TEST((parts.body.find("bytes 200000-200000/200001") != std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(an_upload_continues_in_chunks, late_registry) {
  const auto location = client.start_upload("a");
  const auto bytes = noise(300'000);
  const auto head =
    client.patch(location, {{"Content-Range", "0-99999"}}, bytes.substr(0, 100'000));
  BOOST_TEST(head.status == 202);
  BOOST_TEST(client.upload_offset(location) == 100'000U);
  BOOST_TEST(client.patch(location, {}, bytes.substr(100'000)).status == 202);
  const auto id = sha256(bytes);
  BOOST_TEST(client.put(with_query(location, "digest=" + id)).status == 201);
  BOOST_TEST((client.get(blob_path("a", id)).body == bytes));
  const auto cancelled = client.start_upload("a");
  BOOST_TEST(client.erase(cancelled).status == 204);
}

BOOST_FIXTURE_TEST_CASE(a_blob_is_mounted, late_registry) {
  const auto id = client.push_blob("source", "shared");
  for (const auto* from : {"&from=source", ""})
    BOOST_TEST(client.post(with_query(uploads_path("target"), "mount=" + id + from)).status == 201);
  BOOST_TEST(client.get(blob_path("target", id)).body == "shared");
}

BOOST_FIXTURE_TEST_CASE(a_reset_empties_it, late_registry) {
  client.push_image("a/b", "1", "gone");
  BOOST_TEST(client.post("/__parlel/reset").status == 200);
  expect_error(client, {"GET", manifest_path("a/b", "1")}, 404, "MANIFEST_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(clients_are_redirected_to_bytes_that_are_elsewhere) {
  running_registry server{late("https://bytes.test/data?signature=x&digest=")};
  registry_client client{server};
  const auto id = client.push_blob("a", "far away");
  const auto away = client.get(blob_path("a", id), {{"Range", "bytes=0-3"}});
  BOOST_TEST(away.status == 307);
  BOOST_TEST(away.header("Location") == "https://bytes.test/data?signature=x&digest=" + id);
  BOOST_TEST(away.header("Docker-Content-Digest") == id);
  BOOST_TEST(away.header("Cache-Control") == "no-store");
  BOOST_TEST(away.body.empty());
  // What needs no bytes is answered here.
  BOOST_TEST(client.head(blob_path("a", id)).header("Content-Length") == "8");
  BOOST_TEST(client.get(blob_path("a", id), {{"If-None-Match", '"' + id + '"'}}).status == 304);
}

BOOST_AUTO_TEST_SUITE_END()
