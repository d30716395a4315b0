// The disk engine beyond the contract: restarts, uploads that outlive a process, damage, and
// folders that it refuses.
#include "storage/api/answer_of.hpp"
#include "storage/disk/engine.hpp"

#include "storage/disk/layout.hpp"
#include "storage/disk/schema.hpp"
#include "storage/disk/upload_record.hpp"
#include "storage/disk/upload_records.hpp"
#include "storage/engine_contract.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/statvfs.h>
#include <thread>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

std::string refusal(const std::filesystem::path& folder, bool create = true) {
  try {
    storage::open_disk_engine({.folder = folder, .create = create});
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
  return "opened";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

struct durable : repository<disk_subject> {
  void restart() {
    store.reset();
    disk_subject::restart();
    store = engine->metadata().open(name("library/app"));
  }

  std::filesystem::path data() const { return folder.path() / "data"; }
  std::filesystem::path file_of(const digest& id) const {
    namespace layout = storage::layout;
    return data() / "blobs" / std::string{to_string(id.algorithm())} /
           layout::folder_name(layout::fan_out(id)) / layout::file_name(id);
  }

  /// An upload of `bytes` that was saved after the last one.
  upload_id leave_upload(std::string_view bytes,
                         digest_algorithm algorithm = digest_algorithm::sha256) {
    const auto id = upload_id::generate();
    auto sink = answer_of(engine->uploads(), &upload_engine::open_sink, id).value();
    append(*sink, bytes).value();
    hasher hash{algorithm};
    hash.update(std::as_bytes(std::span{bytes}));
    answer_of(*sink, &blob_sink::save, name("library/app"), upload_position{bytes.size(), true},
              hash)
      .value();
    return id;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(disk_engine)

BOOST_FIXTURE_TEST_CASE(everything_survives_a_restart, durable) {
  const auto layer = content(100'000);
  const auto config = add_blob("config");
  add_blob(layer);
  const auto value = image({.blobs = {config, digest::of(layer)}, .subject = absent_digest()});
  put_checked(*store, value, labels({"latest", "1"})).value();
  const auto used = used_bytes(*engine);
  restart();
  BOOST_TEST(tags_of(*store) == (texts{"1", "latest"}), boost::test_tools::per_element());
  BOOST_TEST(
    answer_of(*store, &repository_store::find_manifest, label("latest")).value()->bytes() ==
    value->bytes());
  BOOST_TEST(
    answer_of(*store, &repository_store::find_manifest, value->id()).value()->type().to_string() ==
    value->type().to_string());
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, digest::of(layer)).value()) ==
             layer);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, config).value()) == "config");
  BOOST_TEST(referrers_of(absent_digest()).size() == 1U);
  BOOST_TEST(catalog_of(*engine) == texts{"library/app"}, boost::test_tools::per_element());
  BOOST_TEST(used_bytes(*engine) == used);
}

BOOST_FIXTURE_TEST_CASE(an_upload_continues_after_a_restart, durable) {
  for (const auto algorithm : {digest_algorithm::sha256, digest_algorithm::sha512})
    for (const std::size_t size : {100, 16 * 1024, 100'000}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << to_string(algorithm)) {
        const auto bytes = content(size);
        const auto id = leave_upload(bytes, algorithm);
        restart();
        auto resumed = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value();
        BOOST_TEST(resumed.repository.to_string() == "library/app");
        BOOST_TEST((resumed.position == upload_position{size, true}));
        BOOST_TEST(resumed.sink->size() == size);
        append(*resumed.sink, "more").value();
        resumed.hash.update(std::as_bytes(std::span{std::string_view{"more"}}));
        const auto whole = digest::of(bytes + "more", algorithm);
        BOOST_TEST(resumed.hash.peek() == whole);
        const auto stored = publish(*engine, std::move(resumed.sink), whole, now + 1min).value();
        BOOST_TEST((read(*stored) == bytes + "more"));
        engine->uploads().forget_upload(id);
        BOOST_TEST(code_of(answer_of(engine->uploads(), &upload_engine::claim_upload, id)) ==
                   errc::upload_unknown);
      }
    }
}

BOOST_FIXTURE_TEST_CASE(an_open_upload_cannot_be_claimed, durable) {
  const auto id = leave_upload(content(100));
  auto& uploads = engine->uploads();
  BOOST_TEST(uploads.saved_uploads() == 1U);
  {
    const auto first = answer_of(uploads, &upload_engine::claim_upload, id);
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(uploads.saved_uploads() == 0U);
    BOOST_TEST(code_of(answer_of(uploads, &upload_engine::claim_upload, id)) == errc::upload_busy);
    BOOST_TEST(code_of(answer_of(uploads, &upload_engine::open_sink, id)) == errc::upload_busy);
  }
  BOOST_TEST(uploads.saved_uploads() == 1U);
  BOOST_TEST(answer_of(uploads, &upload_engine::claim_upload, id).has_value());
  const auto fresh = upload_id::generate();
  auto sink = answer_of(uploads, &upload_engine::open_sink, fresh).value();
  BOOST_TEST(code_of(answer_of(uploads, &upload_engine::claim_upload, fresh)) == errc::upload_busy);
  sink.reset();
  BOOST_TEST(code_of(answer_of(uploads, &upload_engine::claim_upload, fresh)) ==
             errc::upload_unknown);
  BOOST_TEST(answer_of(uploads, &upload_engine::open_sink, fresh).has_value());
}

BOOST_FIXTURE_TEST_CASE(one_of_many_gets_an_upload, durable) {
  const auto bytes = content(40'000);
  const auto id = leave_upload(bytes);
  std::atomic<int> wrong{0};
  std::atomic<int> claimed{0};
  std::atomic<int> open{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto found = answer_of(engine->uploads(), &upload_engine::claim_upload, id);
        if (!found) {
          wrong += found.error().code != errc::upload_busy;
          continue;
        }
        ++claimed;
        wrong += ++open != 1 || found->sink->size() != bytes.size();
        --open;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(claimed > 0);
}

BOOST_FIXTURE_TEST_CASE(bytes_after_the_last_save_are_cut_off, durable) {
  const auto id = upload_id::generate();
  const auto bytes = content(50'000);
  {
    auto sink = answer_of(engine->uploads(), &upload_engine::open_sink, id).value();
    append(*sink, bytes).value();
    hasher hash{digest_algorithm::sha256};
    hash.update(std::as_bytes(std::span{bytes}));
    answer_of(*sink, &blob_sink::save, name("a"), upload_position{bytes.size(), false}, hash)
      .value();
    append(*sink, content(50'000, 1)).value();
  }
  restart();
  auto resumed = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value();
  BOOST_TEST(resumed.sink->size() == bytes.size());
  BOOST_TEST(hash_of(*resumed.sink) == digest::of(bytes));
}

BOOST_FIXTURE_TEST_CASE(a_crash_between_publishing_and_linking_loses_no_upload, durable) {
  for (const std::size_t size : {3000, 100'000}) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const auto bytes = content(size);
      const auto id = leave_upload(bytes, digest_algorithm::sha256);
      auto sink = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value().sink;
      publish(*engine, std::move(sink), digest::of(bytes), now + 1min).value();
      restart(); // the link was never made
      BOOST_TEST(engine->uploads().saved_uploads() == 1U);
      auto resumed = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value();
      BOOST_TEST(engine->uploads().saved_uploads() == 0U);
      BOOST_TEST(hash_of(*resumed.sink) == digest::of(bytes));
      // It continues without changing the blob, which shares its bytes.
      append(*resumed.sink, "more").value();
      BOOST_TEST(hash_of(*resumed.sink) == digest::of(bytes + "more"));
      BOOST_TEST((
        read(*answer_of(engine->blobs(), &blob_engine::find, digest::of(bytes)).value()) == bytes));
      publish(*engine, std::move(resumed.sink), digest::of(bytes + "more"), now + 1min).value();
      engine->uploads().forget_upload(id);
      BOOST_TEST((
        read(*answer_of(engine->blobs(), &blob_engine::find, digest::of(bytes)).value()) == bytes));
      BOOST_TEST(std::filesystem::is_empty(data() / "uploads"));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(an_upload_that_was_saved_while_it_was_small_leaves_its_blob_alone,
                        durable) {
  const auto id = leave_upload("few");
  const auto bytes = "few" + content(100'000);
  auto whole = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value().sink;
  append(*whole, bytes.substr(3)).value(); // moves to a file
  publish(*engine, std::move(whole), digest::of(bytes), now + 1min).value();
  restart(); // the link was never made
  auto resumed = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value();
  BOOST_TEST(hash_of(*resumed.sink) == digest::of("few"));
  append(*resumed.sink, content(50'000)).value(); // moves to a file again
  BOOST_TEST(hash_of(*resumed.sink) == digest::of("few" + content(50'000)));
  BOOST_TEST(
    (read(*answer_of(engine->blobs(), &blob_engine::find, digest::of(bytes)).value()) == bytes));
}

BOOST_FIXTURE_TEST_CASE(a_part_of_a_published_upload_may_be_published_too, durable) {
  const auto bytes = content(100'000);
  const auto id = leave_upload(bytes, digest_algorithm::sha256);
  auto whole = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value().sink;
  append(*whole, "the last chunk, which nobody saved").value();
  const auto all = hash_of(*whole);
  publish(*engine, std::move(whole), all, now + 1min).value();
  restart();
  auto part = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value().sink;
  BOOST_TEST(part->size() == bytes.size());
  publish(*engine, std::move(part), digest::of(bytes), now + 1min).value();
  BOOST_TEST(
    (read(*answer_of(engine->blobs(), &blob_engine::find, digest::of(bytes)).value()) == bytes));
  BOOST_TEST(answer_of(engine->blobs(), &blob_engine::find, all).value()->size() > bytes.size());
}

BOOST_FIXTURE_TEST_CASE(a_discarded_upload_leaves_nothing, durable) {
  const auto id = leave_upload(content(100'000), digest_algorithm::sha256);
  restart();
  answer_of(engine->uploads(), &upload_engine::claim_upload, id).value().sink->discard();
  BOOST_TEST(std::filesystem::is_empty(data() / "uploads"));
  BOOST_TEST(used_bytes(*engine) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_record_is_not_an_upload, durable) {
  const auto id = leave_upload(content(100'000), digest_algorithm::sha256);
  const auto records = data() / "upload-records";
  restart();
  std::filesystem::resize_file(records, std::filesystem::file_size(records) - 1);
  BOOST_TEST(code_of(answer_of(engine->uploads(), &upload_engine::claim_upload, id)) ==
             errc::upload_unknown);
  BOOST_TEST(std::filesystem::is_empty(data() / "uploads"));
}

BOOST_FIXTURE_TEST_CASE(after_a_crash_of_the_machine_the_bytes_must_be_hashed_again, durable) {
  const auto bytes = content(100'000);
  hasher hash{digest_algorithm::sha256};
  hash.update(std::as_bytes(std::span{bytes}));
  constexpr auto slot = storage::upload_records::slot_size_for(16 * 1024);
  std::string records;
  const auto leave = [&](std::string_view file) {
    const storage::saved_upload whose{upload_id::generate(), name("a"), now};
    records += storage::encode(whose, {bytes.size(), false}, hash, {}, "another boot");
    records.resize((records.size() / slot + 1) * slot);
    folder.write("data/uploads/" + whose.id.to_string() + ".data", file);
    return whose.id;
  };
  auto altered = bytes;
  altered[77'777] ^= 1;
  const std::array<upload_id, 2> whole{leave(bytes), leave(altered)};
  const auto cut = leave(bytes.substr(1));
  engine.reset();
  folder.write("data/upload-records", records);
  restart();
  for (const auto& id : whole) {
    // Not in the engine, where others wait: the caller that resumes the upload has to hash the
    // bytes.
    const auto resumed = answer_of(engine->uploads(), &upload_engine::claim_upload, id).value();
    BOOST_TEST(resumed.unhashed);
    BOOST_TEST((resumed.expected == digest::of(bytes)));
  }
  BOOST_TEST(code_of(answer_of(engine->uploads(), &upload_engine::claim_upload, cut)) ==
             errc::upload_unknown);
}

BOOST_FIXTURE_TEST_CASE(closing_the_folder_leaves_no_log, durable) {
  const auto id = add_blob("config");
  BOOST_TEST(answer_of(*store, &repository_store::find_blob, id).has_value());
  BOOST_TEST(std::filesystem::exists(data() / "metadata.db-wal"));
  engine.reset();
  BOOST_TEST(!std::filesystem::exists(data() / "metadata.db-wal"));
  BOOST_TEST(!std::filesystem::exists(data() / "metadata.db-shm"));
  restart();
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, id).value()) == "config");
}

// case 85
BOOST_FIXTURE_TEST_CASE(a_blob_with_a_truncated_or_missing_file_is_unknown_until_it_is_pushed_again,
                        durable) {
  const auto bytes = content(100'000);
  const auto id = add_blob(bytes);
  const auto file = file_of(id);
  std::filesystem::resize_file(file, 99'999);
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, id)) == errc::blob_unknown);
  BOOST_TEST(add_blob(bytes) == id);
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, id).value()) == bytes);
  std::filesystem::remove(file);
  BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, id)) == errc::blob_unknown);
  BOOST_TEST(add_blob(bytes) == id);
  restart();
  BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, id).value()) == bytes);
}

BOOST_FIXTURE_TEST_CASE(a_second_process_is_refused_and_told_the_owner, durable) {
  const auto why = refusal(data());
  BOOST_TEST(contains(why, "is in use by another process (process "));
  engine.reset();
  BOOST_TEST(refusal(data()) == "opened");
}

BOOST_FIXTURE_TEST_CASE(a_second_process_waits_for_the_first_to_end, durable) {
  unsigned asked = 0;
  storage::disk_options waiting{.folder = data()};
  waiting.wait_for_lock = {std::chrono::hours{1}, [&] {
                             if (++asked == 2) {
                               store.reset();
                               engine.reset();
                             }
                             return false;
                           }};
  BOOST_TEST(storage::open_disk_engine(waiting) != nullptr);
  BOOST_TEST(asked == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_waiting_process_can_be_told_to_give_up, durable) {
  unsigned asked = 0;
  storage::disk_options waiting{.folder = data()};
  waiting.wait_for_lock = {std::chrono::hours{1}, [&] { return ++asked == 2; }};
  BOOST_CHECK_EXCEPTION(
    storage::open_disk_engine(waiting), std::runtime_error, [](const std::runtime_error& failure) {
      return contains(failure.what(), "is still in use by another process (process ");
    });
}

BOOST_AUTO_TEST_CASE(a_folder_of_another_program_is_refused) {
  const temp_dir folder;
  folder.write("notes.txt", "mine");
  BOOST_TEST(contains(refusal(folder.path()), "not a gantry data folder (it holds 'notes.txt')"));
  BOOST_TEST(!std::filesystem::exists(folder.path() / "metadata.db"));
  const temp_dir registry;
  registry.write("docker/registry/v2/x", "");
  BOOST_TEST(contains(refusal(registry.path()),
                      "gantry import --link registry:" + registry.path().string() + " --data NEW"));
  const temp_dir half;
  half.write("blobs/sha256/ab/cd", "half a backup");
  BOOST_TEST(contains(refusal(half.path()), "holds blobs and no metadata.db"));
  const temp_dir foreign;
  storage::sqlite::connection{(foreign.path() / "metadata.db").string(),
                              storage::sqlite::connection::mode::create}
    .execute("CREATE TABLE t (x)");
  BOOST_TEST(contains(refusal(foreign.path()), "another program"));
}

BOOST_AUTO_TEST_CASE(an_absent_folder_is_created_only_on_request) {
  const temp_dir folder;
  BOOST_TEST(contains(refusal(folder.path() / "none", false), "cannot be opened"));
  BOOST_TEST(contains(refusal(folder.path(), false), "is not a gantry data folder"));
  BOOST_TEST(refusal(folder.path() / "deep/er") == "opened");
}

BOOST_FIXTURE_TEST_CASE(a_newer_or_damaged_database_is_refused_and_left_alone, durable) {
  engine.reset();
  const auto path = (data() / "metadata.db").string();
  storage::sqlite::connection{path, storage::sqlite::connection::mode::write}.execute(
    "PRAGMA user_version=999");
  BOOST_TEST(contains(refusal(data()), "has version 999"));
  std::ofstream{path, std::ios::binary | std::ios::trunc} << "no database at all, but some text";
  BOOST_TEST(contains(refusal(data()), "is damaged"));
}

BOOST_FIXTURE_TEST_CASE(clear_leaves_no_file_behind, durable) {
  add_blob(content(100'000));
  leave_upload(content(50'000), digest_algorithm::sha256);
  clear(*engine);
  BOOST_TEST(!std::filesystem::exists(file_of(digest::of(content(100'000)))));
  BOOST_TEST(std::filesystem::is_empty(data() / "uploads"));
  restart();
  BOOST_TEST(used_bytes(*engine) == 0U);
}

BOOST_AUTO_TEST_CASE(saved_uploads_of_a_cleared_part_are_gone) {
  disk_subject subject;
  const auto save = [&](std::string_view repository) {
    const auto id = upload_id::generate();
    const auto sink = answer_of(subject.engine->uploads(), &upload_engine::open_sink, id).value();
    append(*sink, "bytes").value();
    hasher hash{digest_algorithm::sha256};
    hash.update(std::as_bytes(std::span{std::string_view{"bytes"}}));
    answer_of(*sink, &blob_sink::save, name(repository), upload_position{5, true}, hash).value();
    return id;
  };
  const auto doomed = save("team/app");
  const auto kept = save("teams");
  subject.restart();
  BOOST_TEST(subject.engine->uploads().saved_uploads() == 2U);
  answer_of(subject.engine->upkeep(), &upkeep_engine::clear_within, name("team")).value();
  BOOST_TEST(subject.engine->uploads().saved_uploads() == 1U);
  BOOST_TEST(code_of(answer_of(subject.engine->uploads(), &upload_engine::claim_upload, doomed)) ==
             errc::upload_unknown);
  BOOST_TEST(answer_of(subject.engine->uploads(), &upload_engine::claim_upload, kept).has_value());
  BOOST_TEST(subject.engine->snapshots() == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
