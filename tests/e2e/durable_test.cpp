// A registry in a folder: what survives restarts, and how it frees space while it serves.
#include "retention/reader.hpp"
#include "storage/sqlite/connection.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"
#include "yaml/reader.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct durable_registry {
  durable_registry() { start(); }

  void start(const std::function<void(app::registry_options&)>& adjust = {}) {
    client.reset();
    server.reset();
    server.emplace([&](app::registry_options& settings) {
      settings.data = (folder.path() / "data").string();
      settings.actors.blob_lease = 0ms;
      settings.actors.gc.grace = 0ms;
      settings.api.allow_reset = false;
      use(settings, validation_policy::durable());
      if (adjust)
        adjust(settings);
    });
    client.emplace(*server);
  }

  boost::json::object collect(const char* query = "") {
    const auto answer = client->post(std::string{"/__gantry/gc"} + query);
    BOOST_REQUIRE(answer.status == 200);
    return boost::json::parse(answer.body).as_object();
  }

  std::size_t files_below(const char* part) const {
    std::size_t count = 0;
    for (const auto& each :
         std::filesystem::recursive_directory_iterator{folder.path() / "data" / part})
      count += each.is_regular_file();
    return count;
  }

  temp_dir folder;
  std::optional<running_registry> server;
  std::optional<registry_client> client;
};

std::string large() {
  return noise(300'000);
}

} // namespace

BOOST_AUTO_TEST_SUITE(durable)

BOOST_FIXTURE_TEST_CASE(pushed_content_survives_a_restart, durable_registry) {
  const auto pushed = client->push_image("a/b", "v1", "one");
  const auto blob = client->push_blob("a/b", large());
  start();
  BOOST_TEST(client->get(manifest_path("a/b", "v1")).body == pushed.bytes);
  for (const auto& layer : pushed.layers)
    BOOST_TEST(client->head(blob_path("a/b", sha256(layer))).status == 200);
  BOOST_TEST((client->get(blob_path("a/b", blob)).body == large()));
  BOOST_TEST(client->get("/v2/_catalog").body == R"({"repositories":["a/b"]})");
}

// case 190
BOOST_FIXTURE_TEST_CASE(an_upload_survives_the_restart_and_is_finished, durable_registry) {
  for (const auto& bytes : {noise(2'000), large()}) {
    BOOST_TEST_CONTEXT(bytes.size() << " bytes") {
      const auto upload = client->start_upload("a/b");
      const auto half = bytes.size() / 2;
      const auto range = "0-" + std::to_string(half - 1);
      const auto first = client->patch(upload, {{"Content-Range", range}}, bytes.substr(0, half));
      BOOST_REQUIRE(first.status == 202);
      start();
      BOOST_TEST(client->upload_offset(upload) == half);
      // case 100: the new process also refuses a repeated chunk.
      BOOST_TEST(client->patch(upload, {{"Content-Range", range}}, bytes.substr(0, half)).status ==
                 416);
      const auto target = with_query(upload, "digest=" + sha256(bytes));
      BOOST_TEST(client->put(target, {}, bytes.substr(half)).status == 201);
      BOOST_TEST((client->get(blob_path("a/b", sha256(bytes))).body == bytes));
      BOOST_TEST(client->get(upload).status == 404);
      BOOST_TEST(files_below("uploads") == 0U);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_repeated_end_of_an_upload_is_answered_after_a_restart_too,
                        durable_registry) {
  for (const auto& bytes : {noise(2'000), large()}) {
    const auto upload = client->start_upload("a/b");
    const auto target = with_query(upload, "digest=" + sha256(bytes));
    BOOST_REQUIRE(client->patch(upload, {}, bytes).status == 202);
    BOOST_TEST(client->put(target).status == 201);
    BOOST_TEST(client->put(target).status == 201);
    start();
    const auto again = client->put(target);
    BOOST_TEST(again.status == 201);
    BOOST_TEST(path_of(again.header("Location")) == blob_path("a/b", sha256(bytes)));
    BOOST_TEST(again.header("Docker-Content-Digest") == sha256(bytes));
    // Only existing blobs, only in its repository, and only for an id that was issued.
    expect_error(*client, {"PUT", with_query(upload, "digest=" + digest_of_nothing())}, 404,
                 "BLOB_UPLOAD_UNKNOWN");
    const auto elsewhere = uploads_path("other") + target.substr(uploads_path("a/b").size());
    expect_error(*client, {"PUT", elsewhere}, 404, "BLOB_UPLOAD_UNKNOWN");
    auto made_up = target;
    auto& digit = made_up[uploads_path("a/b").size()];
    digit = digit == 'a' ? 'b' : 'a';
    expect_error(*client, {"PUT", made_up}, 404, "BLOB_UPLOAD_UNKNOWN");
  }
}

BOOST_FIXTURE_TEST_CASE(uploads_of_the_previous_process_count_against_the_limit, durable_registry) {
  const auto few = [](app::registry_options& settings) { settings.actors.max_uploads = 3; };
  start(few);
  const auto first = client->start_upload("a/b");
  client->start_upload("a/b");
  start(few);
  client->start_upload("a/b");
  const auto refused = expect_error(*client, {"POST", uploads_path("c")}, 429, "TOOMANYREQUESTS");
  BOOST_TEST(refused.has("Retry-After"));
  // A resumed upload takes no further place; an ended one frees its own.
  BOOST_TEST(client->upload_offset(first) == 0U);
  expect_error(*client, {"POST", uploads_path("c")}, 429, "TOOMANYREQUESTS");
  BOOST_TEST(client->erase(first).status == 204);
  client->start_upload("c");
}

BOOST_FIXTURE_TEST_CASE(a_push_may_take_longer_than_a_lease, durable_registry) {
  // Leases and graces end at once here; an upload stays open until the last blob exists.
  const auto open = client->start_upload("a/b");
  const auto config = client->push_blob("a/b", "config");
  BOOST_TEST(collect().at("links").to_number<int>() == 0);
  BOOST_TEST(client->head(blob_path("a/b", config)).status == 200);
  BOOST_TEST(client->put(with_query(open, "digest=" + sha256("layer")), {}, "layer").status == 201);
  // The push was abandoned: its content is garbage.
  BOOST_TEST(eventually([&] {
    collect();
    return client->head(blob_path("a/b", config)).status == 404;
  }));
}

BOOST_FIXTURE_TEST_CASE(an_upload_without_bytes_survives_too, durable_registry) {
  const auto upload = client->start_upload("a/b");
  start();
  BOOST_TEST(client->upload_offset(upload) == 0U);
  const auto elsewhere = uploads_path("other") + upload.substr(uploads_path("a/b").size());
  expect_error(*client, {"GET", elsewhere}, 404, "BLOB_UPLOAD_UNKNOWN");
  BOOST_TEST(client->put(with_query(upload, "digest=" + sha256("x")), {}, "x").status == 201);
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_upload_is_gone_immediately, durable_registry) {
  const auto upload = client->start_upload("a/b");
  BOOST_REQUIRE(client->patch(upload, {}, large()).status == 202);
  BOOST_TEST(client->erase(upload).status == 204);
  BOOST_TEST(files_below("uploads") == 0U);
  start();
  BOOST_TEST(client->get(upload).status == 404);
}

BOOST_FIXTURE_TEST_CASE(absent_blobs_are_refused, durable_registry) {
  const auto manifest = render(image_parts{.config = describe(types::config, "absent")});
  expect_error(*client,
               {"PUT", manifest_path("a/b", "v1"), {{"Content-Type", types::manifest}}, manifest},
               400, "MANIFEST_BLOB_UNKNOWN");
}

BOOST_FIXTURE_TEST_CASE(garbage_is_collected_while_serving_and_the_rest_stays, durable_registry) {
  const auto kept = client->push_image("a/b", "kept", "kept");
  const auto doomed = client->push_image("a/b", "doomed", "doomed");
  const auto lost = client->push_blob("a/b", large());
  const auto files = files_below("blobs");
  BOOST_TEST(client->erase(manifest_path("a/b", doomed.digest)).status == 202);
  const auto counted = collect("?dry_run=true");
  BOOST_TEST(counted.at("links").as_int64() >= 2);
  BOOST_TEST(client->head(blob_path("a/b", lost)).status == 200);
  const auto report = collect();
  BOOST_TEST(report.at("blobs").as_int64() >= 2);
  BOOST_TEST(report.at("bytes").as_int64() >= 300'000);
  BOOST_TEST(files_below("blobs") < files);
  BOOST_TEST(client->head(blob_path("a/b", lost)).status == 404);
  BOOST_TEST(client->get(manifest_path("a/b", "kept")).body == kept.bytes);
  for (const auto& layer : kept.layers)
    BOOST_TEST(client->get(blob_path("a/b", sha256(layer))).status == 200);
  const auto status = boost::json::parse(client->get("/__gantry/gc").body).as_object();
  BOOST_TEST(!status.at("running").as_bool());
  BOOST_TEST(status.at("last").as_object().at("bytes").as_int64() >= 300'000);
}

BOOST_FIXTURE_TEST_CASE(collections_run_by_themselves, durable_registry) {
  start([](app::registry_options& settings) {
    settings.actors.gc_interval = 1ms;
    settings.actors.collect_interval = 5ms;
  });
  const auto lost = client->push_blob("a/b", large());
  BOOST_TEST(eventually([&] { return client->head(blob_path("a/b", lost)).status == 404; }));
  BOOST_TEST(eventually([&] { return files_below("blobs") == 0; }));
}

BOOST_FIXTURE_TEST_CASE(rules_of_retention_are_applied_by_themselves, durable_registry) {
  start([](app::registry_options& settings) {
    settings.retention_rules =
      retention::read_rules(yaml::read("[{repositories: a/*, keep: {lastpushed: 1}}]"));
    settings.retention_interval = 5ms;
  });
  client->push_image("other", "old", "one");
  client->push_image("a/b", "old", "one");
  client->push_image("a/b", "new", "two");
  BOOST_TEST(eventually([&] { return client->head(manifest_path("a/b", "old")).status == 404; }));
  BOOST_TEST(client->head(manifest_path("a/b", "new")).status == 200);
  BOOST_TEST(client->head(manifest_path("other", "old")).status == 200);
}

BOOST_FIXTURE_TEST_CASE(no_acknowledged_manifest_lacks_a_blob_during_collections,
                        durable_registry) {
  start([](app::registry_options& settings) {
    settings.actors.gc_interval = 1ms;
    settings.actors.collect_interval = 1ms;
    settings.actors.blob_lease = 50ms;
  });
  const auto push = [this](const std::string& mark) {
    return [this, mark](const std::atomic<bool>& stopping) {
      registry_client pushing{*server};
      for (int round = 0; round < 60 && !stopping; ++round) {
        const auto repository = "gc/r" + std::to_string(round % 3);
        // If a collection overtakes a push, the push is refused completely and repeated, as clients
        // do.
        const auto blob = noise(round % 2 == 0 ? 200 : 40'000, static_cast<unsigned>(round));
        const auto config = describe(types::config, blob);
        const auto bytes = render(image_parts{.config = config, .annotations = {{"by", mark}}});
        const auto target = manifest_path(repository, sha256(bytes));
        for (int attempt = 0;; ++attempt) {
          pushing.push_blob(repository, blob);
          const auto put = pushing.put(target, {{"Content-Type", types::manifest}}, bytes);
          if (put.status == 201)
            break;
          if (put.status != 400 || attempt == 20)
            throw http_failure{"status " + std::to_string(put.status)};
        }
        if (pushing.get(blob_path(repository, config.digest)).body != blob)
          throw http_failure{"lost in round " + std::to_string(round)};
        if (round % 3 == 2)
          pushing.erase(target);
      }
    };
  };
  background first{push("first")};
  background second{push("second")};
  first.join();
  second.join();
}

BOOST_FIXTURE_TEST_CASE(a_durable_registry_is_not_reset_unless_allowed, durable_registry) {
  client->push_image("a/b", "v1", "one");
  expect_error(*client, {"POST", "/__parlel/reset"}, 403, "DENIED");
  BOOST_TEST(client->get(manifest_path("a/b", "v1")).status == 200);
  start([](app::registry_options& settings) { settings.api.allow_reset = true; });
  BOOST_TEST(client->post("/__parlel/reset").body == R"({"ok":true})");
  BOOST_TEST(client->get("/v2/_catalog").body == R"({"repositories":[]})");
  start();
  BOOST_TEST(client->get("/v2/_catalog").body == R"({"repositories":[]})");
}

// case 85
BOOST_FIXTURE_TEST_CASE(a_damaged_blob_is_absent_until_it_is_pushed_again, durable_registry) {
  const auto blob = client->push_blob("a/b", large());
  const auto path = folder.path() / "data/blobs/sha256" / blob.substr(7, 2) / blob.substr(7);
  std::filesystem::resize_file(path, 1000);
  BOOST_TEST(client->head(blob_path("a/b", blob)).status == 404);
  BOOST_TEST(client->get(blob_path("a/b", blob)).status == 404);
  client->push_blob("a/b", large());
  BOOST_TEST((client->get(blob_path("a/b", blob)).body == large()));
}

// case 85
BOOST_FIXTURE_TEST_CASE(a_scrub_finds_bytes_that_changed, durable_registry) {
  start([](app::registry_options& settings) {
    settings.actors.scrub_interval = 1ms;
    settings.actors.collect_interval = 5ms;
  });
  const auto blob = client->push_blob("a/b", large());
  const auto path = folder.path() / "data/blobs/sha256" / blob.substr(7, 2) / blob.substr(7);
  std::fstream{path, std::ios::in | std::ios::out | std::ios::binary} << "changed";
  BOOST_TEST(eventually([&] { return client->head(blob_path("a/b", blob)).status == 404; }));
  client->push_blob("a/b", large());
  BOOST_TEST((client->get(blob_path("a/b", blob)).body == large()));
}

// case 85
BOOST_FIXTURE_TEST_CASE(damaged_rows_are_absent_until_they_are_pushed_again, durable_registry) {
  const auto image = client->push_image("a/b", "v1", "one");
  server.reset();
  const auto path = (folder.path() / "data/metadata.db").string();
  storage::sqlite::connection{path, storage::sqlite::connection::mode::write}.execute(
    "UPDATE manifests SET content = zeroblob(LENGTH(content)); "
    "UPDATE blob_contents SET content = zeroblob(LENGTH(content))");
  start();
  const auto config = blob_path("a/b", sha256(image.config));
  for (const auto& target :
       {manifest_path("a/b", "v1"), manifest_path("a/b", image.digest), config})
    for (const auto* method : {"HEAD", "GET"})
      BOOST_TEST(client->request(method, target).status == 404);
  client->push_image("a/b", "v1", "one");
  BOOST_TEST(client->get(manifest_path("a/b", "v1")).body == image.bytes);
  BOOST_TEST(client->get(config).status == 200);
}

// case 120
BOOST_FIXTURE_TEST_CASE(a_mount_does_not_revive_a_deleted_blob, durable_registry) {
  start([](app::registry_options& settings) { settings.actors.blob_lease = 1h; });
  for (const auto& bytes : {std::string{"small"}, large()}) {
    const auto blob = client->push_blob("a/b", bytes);
    BOOST_TEST(client->erase(blob_path("a/b", blob)).status == 202);
    const auto answer = client->post(with_query(uploads_path("c/d"), "mount=" + blob));
    BOOST_TEST(answer.status == 202);
    BOOST_TEST(client->head(blob_path("c/d", blob)).status == 404);
  }
}

BOOST_FIXTURE_TEST_CASE(a_removed_folder_is_noticed, durable_registry) {
  const auto bytes = lone_manifest("a");
  client->push_manifest("a/b", "a", bytes);
  BOOST_TEST(client->get("/readyz").status == 200);
  std::filesystem::remove_all(folder.path() / "data");
  expect_error(*client, {"GET", "/readyz"}, 503, "UNAVAILABLE");
  BOOST_TEST(client->get("/health").status == 200);
  for (const auto* label : {"a", "b"})
    BOOST_TEST(
      client
        ->put(manifest_path("a/b", label), {{"Content-Type", types::index}}, lone_manifest(label))
        .status == 500);
}

BOOST_FIXTURE_TEST_CASE(a_digest_outlives_the_tag_that_moved_away_from_it, durable_registry) {
  start([](app::registry_options& settings) {
    settings.actors.gc.delete_untagged = true;
    settings.actors.gc.grace = 1h;
  });
  const auto old = client->push_image("a/b", "latest", "old");
  client->push_image("a/b", "latest", "new");
  BOOST_TEST(collect().at("manifests").as_int64() == 0);
  BOOST_TEST(client->get(manifest_path("a/b", old.digest)).body == old.bytes);
}

BOOST_AUTO_TEST_SUITE_END()
