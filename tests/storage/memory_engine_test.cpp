// The memory engine beyond the contract: its budget, its files, its leases.
#include "storage/api/answer_of.hpp"
#include "storage/memory/engine.hpp"
#include "storage/memory/history.hpp"

#include "storage/engine_contract.hpp"
#include "storage/table_keeper.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

BOOST_AUTO_TEST_SUITE(memory_engine)

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using storage::history_counter;

namespace {

/// Sets a limit of the process for its lifetime.
class limited_resource {
public:
  limited_resource(__rlimit_resource resource, rlim_t soft) : resource_{resource} {
    ::getrlimit(resource_, &before_);
    const rlimit lowered{.rlim_cur = soft, .rlim_max = before_.rlim_max};
    ::setrlimit(resource_, &lowered);
  }
  limited_resource(const limited_resource&) = delete;
  limited_resource& operator=(const limited_resource&) = delete;
  ~limited_resource() { ::setrlimit(resource_, &before_); }

private:
  __rlimit_resource resource_;
  rlimit before_{};
};

std::size_t open_descriptors() {
  using iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(iterator{"/proc/self/fd"}, iterator{}));
}

/// Mappings of memory files in this process.
std::size_t mapped_files() {
  std::ifstream maps{"/proc/self/maps"};
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);)
    count += line.find("/memfd:blobs") != std::string::npos;
  return count;
}

/// With leases, which an actor would give.
struct leased_subject : memory_subject {
  explicit leased_subject(std::uint64_t limit = unlimited) : memory_subject{limit} {
    engine->set_keeper(&leases);
  }
  ~leased_subject() { engine->set_keeper(nullptr); }

  result<void> push(repository_store& store, std::string_view bytes, time_point lease_until) {
    auto published = publish(*engine, bytes, lease_until);
    leases.lease(published->id(), lease_until);
    return link(store, std::move(published));
  }

  table_keeper leases{[this] { return now; }};
};

bool is_found(memory_subject& subject, std::string_view bytes) {
  return answer_of(subject.engine->blobs(), &blob_engine::find, digest::of(bytes)).has_value();
}

/// The bytes of a blob as they are mapped; empty if it is small, or there is no room.
std::string_view mapped(const blob& from) {
  const auto source = from.source();
  const auto* file = std::get_if<file_range>(&source);
  return file ? file->mapped : std::string_view{};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_blob_above_the_threshold_is_in_a_file) {
  memory_subject subject;
  const auto inlined = publish(*subject.engine, content(16 * 1024), subject.now + 1min);
  BOOST_TEST(std::get<std::string_view>(inlined->source()).size() == 16U * 1024);
  const auto filed = publish(*subject.engine, content(16 * 1024 + 1), subject.now + 1min);
  const auto file = std::get<file_range>(filed->source());
  BOOST_TEST((::fcntl(file.descriptor, F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(a_thousand_files_share_a_few_descriptors_and_no_bytes) {
  memory_subject subject;
  const auto descriptors = open_descriptors();
  std::vector<blob_ptr> blobs;
  for (unsigned i = 0; i < 1000; ++i)
    blobs.push_back(publish(*subject.engine, content(20'000, i), subject.now + 1min));
  BOOST_TEST(open_descriptors() <= descriptors + 16);
  for (unsigned i = 0; i < 1000; ++i)
    BOOST_REQUIRE((read(*blobs[i]) == content(20'000, i)));
}

BOOST_AUTO_TEST_CASE(a_file_frees_its_memory_and_its_place) {
  memory_subject subject;
  const auto taken = [](const file_range& file) {
    struct stat found {};
    BOOST_REQUIRE(::fstat(file.descriptor, &found) == 0);
    return found.st_blocks;
  };
  // A sink has a place until it is destroyed; the next sixteen use each descriptor once.
  const auto publish_one = [&](unsigned salt) {
    auto made = publish(*subject.engine, content(100'000, salt), subject.now + 1min);
    const auto where = std::get<file_range>(made->source());
    BOOST_TEST(taken(where) > 0);
    return where;
  };
  const auto first = publish_one(0);
  subject.now += 2min;
  collect(*subject.engine).value();
  BOOST_TEST(taken(first) == 0);
  for (unsigned salt = 1; salt < 16; ++salt)
    publish_one(salt);
  const auto again = publish_one(16);
  BOOST_TEST(again.descriptor == first.descriptor);
  BOOST_TEST(again.begin == first.begin);
}

BOOST_AUTO_TEST_CASE(readers_share_a_mapping_that_goes_with_its_blob) {
  memory_subject subject;
  const auto bytes = content(3'000'001);
  auto store = subject.engine->metadata().open(name("a"));
  auto stored = publish(*subject.engine, bytes, subject.now + 1min);
  link(*store, stored).value();
  auto other = publish(*subject.engine, content(3'000'001, 1), subject.now + 1min);
  mapped(*other);
  BOOST_TEST(mapped_files() == 1U);
  auto reader = answer_of(subject.engine->blobs(), &blob_engine::find, digest::of(bytes)).value();
  BOOST_TEST((mapped(*stored) == bytes));
  BOOST_TEST(static_cast<const void*>(mapped(*reader).data()) ==
             static_cast<const void*>(mapped(*stored).data()));
  BOOST_TEST(mapped_files() == 2U);
  stored.reset();
  other.reset();
  store.reset();
  clear(*subject.engine);
  BOOST_TEST(mapped_files() == 1U);
  BOOST_TEST((mapped(*reader) == bytes));
  reader.reset();
  BOOST_TEST(mapped_files() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_small_is_not_mapped) {
  memory_subject subject;
  for (const std::size_t size : {0, 1, 16 * 1024, 512 * 1024 - 1})
    BOOST_TEST(mapped(*publish(*subject.engine, content(size), subject.now + 1min)).empty());
  const auto bytes = content(512 * 1024);
  BOOST_TEST((mapped(*publish(*subject.engine, bytes, subject.now + 1min)) == bytes));
}

BOOST_AUTO_TEST_CASE(without_room_for_a_mapping_there_is_the_file) {
  memory_subject subject;
  subject.engine =
    storage::make_memory_engine({.mappings = {.most = 1}, .now = [&] { return subject.now; }});
  auto first = publish(*subject.engine, content(600'000, 1), subject.now + 1min);
  const auto second = publish(*subject.engine, content(600'000, 2), subject.now + 1min);
  BOOST_TEST((mapped(*first) == content(600'000, 1)));
  BOOST_TEST(mapped(*second).empty());
  BOOST_TEST((read(*second) == content(600'000, 2)));
  first.reset();
  subject.now += 2min;
  collect(*subject.engine).value();
  BOOST_TEST((mapped(*second) == content(600'000, 2)));
}

BOOST_AUTO_TEST_CASE(a_mapping_that_the_kernel_refuses_takes_no_room) {
  memory_subject subject;
  subject.engine =
    storage::make_memory_engine({.mappings = {.most = 1}, .now = [&] { return subject.now; }});
  const auto stored = publish(*subject.engine, content(600'000), subject.now + 1min);
  std::size_t size = 0;
  {
    const limited_resource no_more{RLIMIT_AS, 0};
    size = mapped(*stored).size();
  }
  BOOST_TEST(size == 0U);
  BOOST_TEST((mapped(*stored) == content(600'000)));
}

BOOST_AUTO_TEST_CASE(threads_map_a_blob_once) {
  memory_subject subject;
  const auto stored = publish(*subject.engine, content(600'000), subject.now + 1min);
  std::array<const char*, 4> seen{};
  std::vector<std::thread> threads;
  for (auto& each : seen)
    threads.emplace_back([&] { each = mapped(*stored).data(); });
  for (auto& thread : threads)
    thread.join();
  for (const void* each : seen)
    BOOST_TEST(each == static_cast<const void*>(seen.front()));
  BOOST_TEST(mapped_files() == 1U);
}

BOOST_AUTO_TEST_CASE(ten_thousand_idle_uploads_cost_little_and_no_descriptor) {
  memory_subject subject;
  const auto descriptors = open_descriptors();
  std::vector<std::unique_ptr<blob_sink>> sinks;
  for (int i = 0; i < 10'000; ++i)
    sinks.push_back(filled_sink(*subject.engine, "x"));
  BOOST_TEST(open_descriptors() == descriptors);
  BOOST_TEST(used_bytes(*subject.engine) <= 10'000U * 5'000);
  sinks.clear();
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(a_reached_limit_loses_nothing) {
  leased_subject subject{1'000'000};
  const auto store = subject.engine->metadata().open(name("a"));
  std::vector<digest> stored;
  for (unsigned i = 0; i < 1000; ++i) {
    auto sink =
      answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate());
    const auto bytes = content(30'000, i);
    if (!sink || !append(**sink, bytes))
      break;
    const auto id = digest::of(bytes);
    auto published = publish(*subject.engine, std::move(*sink), id, subject.now + 1h);
    BOOST_REQUIRE(published.has_value());
    subject.leases.lease(id, subject.now + 1h);
    if (!link(*store, *published))
      break;
    stored.push_back(id);
  }
  BOOST_TEST(stored.size() > 25U);
  BOOST_TEST(stored.size() < 34U);
  BOOST_TEST(used_bytes(*subject.engine) <= 1'000'000U);
  for (unsigned i = 0; i < stored.size(); ++i)
    BOOST_TEST((read(*answer_of(*store, &repository_store::find_blob, stored[i]).value()) ==
                content(30'000, i)));
}

BOOST_AUTO_TEST_CASE(a_refusal_says_how_much_is_used_of_how_much) {
  memory_subject subject{5'000};
  const auto sink =
    answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate()).value();
  const auto refused = append(*sink, content(2'000));
  BOOST_REQUIRE(refused.has_error());
  BOOST_TEST(refused.error().detail ==
             "the storage limit is reached: 4736 of 5000 bytes are in use");
}

BOOST_AUTO_TEST_CASE(other_bytes_under_a_trusted_digest_are_accounted_for) {
  memory_subject subject{10'000'000};
  const auto store = subject.engine->metadata().open(name("a"));
  const auto trusted = digest::of("chosen");
  const auto empty = used_bytes(*subject.engine);
  const auto put_bytes = [&](std::size_t size) {
    auto value = manifest::accept(std::string(size, 'x'), {}, trusted);
    put(*store, std::make_shared<const manifest>(std::move(value))).value();
  };
  put_bytes(2);
  put_bytes(1'000'000);
  BOOST_TEST(used_bytes(*subject.engine) >= 1'000'000U);
  put_bytes(2);
  BOOST_TEST(used_bytes(*subject.engine) < 1'000'000U);
  delete_manifest(*store, trusted).value();
  forget_history(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == empty);
}

BOOST_AUTO_TEST_CASE(a_deleted_blob_makes_room_immediately) {
  leased_subject subject{110'000};
  const auto store = subject.engine->metadata().open(name("a"));
  const auto empty = used_bytes(*subject.engine);
  subject.push(*store, content(80'000), subject.now + 1h).value();
  BOOST_TEST(
    append(*answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate())
              .value(),
           content(80'000, 1))
      .has_error());
  unlink(*store, digest::of(content(80'000))).value();
  BOOST_TEST(used_bytes(*subject.engine) == empty);
  BOOST_TEST(!is_found(subject, content(80'000)));
  subject.push(*store, content(80'000, 1), subject.now + 1h).value();
}

BOOST_AUTO_TEST_CASE(a_blob_goes_with_its_last_link) {
  memory_subject subject;
  const auto a = subject.engine->metadata().open(name("a"));
  const auto b = subject.engine->metadata().open(name("b"));
  link(*a, publish(*subject.engine, "x", subject.now + 1h)).value();
  link(*b, answer_of(*a, &repository_store::find_blob, digest::of("x")).value()).value();
  unlink(*a, digest::of("x")).value();
  BOOST_TEST(is_found(subject, "x"));
  unlink(*b, digest::of("x")).value();
  BOOST_TEST(!is_found(subject, "x"));
}

BOOST_AUTO_TEST_CASE(an_unlinked_blob_goes_with_its_last_holder) {
  memory_subject subject;
  auto held = publish(*subject.engine, "held", subject.now + 10min);
  BOOST_TEST(!is_found(subject, "held")); // nothing links it
  BOOST_TEST(used_bytes(*subject.engine) > 0U);
  held.reset();
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(everything_is_freed_in_the_end) {
  memory_subject subject;
  {
    const auto store = subject.engine->metadata().open(name("a"));
    link(*store, publish(*subject.engine, content(100'000), subject.now + 1h)).value();
    link(*store, publish(*subject.engine, "small", subject.now + 1h)).value();
    const auto value = image({.blobs = {digest::of("small")}, .subject = absent_digest()});
    put_checked(*store, value, labels({"1", "2"})).value();
    delete_tag(*store, "1").value();
    delete_manifest(*store, value->id()).value();
    unlink(*store, digest::of(content(100'000))).value();
    unlink(*store, digest::of("small")).value();
  }
  forget_history(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(an_upload_without_a_free_descriptor_keeps_its_bytes) {
  memory_subject subject;
  const auto sink = filled_sink(*subject.engine, content(10'000));
  {
    const limited_resource no_more{RLIMIT_NOFILE, 0};
    const auto refused = append(*sink, content(10'000, 1));
    BOOST_TEST(code_of(refused) == errc::descriptors_exhausted);
  }
  BOOST_TEST(sink->size() == 10'000U);
  BOOST_TEST(append(*sink, content(10'000, 1)).has_value());
  BOOST_TEST(hash_of(*sink, digest_algorithm::sha256) ==
             digest::of(content(10'000) + content(10'000, 1)));
}

BOOST_AUTO_TEST_CASE(a_write_that_stops_halfway_is_undone) {
  memory_subject subject;
  const auto sink = filled_sink(*subject.engine, content(50'000));
  const auto used = used_bytes(*subject.engine);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  {
    const limited_resource short_files{RLIMIT_FSIZE, 80'000};
    const auto refused = append(*sink, content(50'000, 1));
    BOOST_TEST(code_of(refused) == errc::disk_full); // not a limit of the registry
  }
  std::signal(SIGXFSZ, before);
  BOOST_TEST(sink->size() == 50'000U);
  BOOST_TEST(used_bytes(*subject.engine) == used);
  BOOST_TEST(hash_of(*sink, digest_algorithm::sha256) == digest::of(content(50'000)));
  BOOST_TEST(append(*sink, "end").has_value());
  BOOST_TEST(hash_of(*sink, digest_algorithm::sha256) == digest::of(content(50'000) + "end"));
}

BOOST_AUTO_TEST_CASE(blobs_sinks_and_stores_may_outlive_the_engine) {
  memory_subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  const auto held = publish(*subject.engine, content(50'000), subject.now + 1h);
  link(*store, held).value();
  const auto sink = filled_sink(*subject.engine, content(50'000));
  subject.engine.reset();
  BOOST_TEST((read(*held) == content(50'000)));
  BOOST_TEST(append(*sink, "more").has_value());
  BOOST_TEST(put(*store, image({}), labels({"a"})).has_value());
  BOOST_TEST(unlink(*store, held->id()).has_value());
}

BOOST_AUTO_TEST_CASE(threads_publish_the_same_digest_without_taking_turns) {
  memory_subject subject;
  const auto bytes = content(50'000);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto store = subject.engine->metadata().open(name("r" + std::to_string(t)));
      for (int i = 0; i < 100; ++i) {
        const auto stored = publish(*subject.engine, bytes, subject.now + 1min);
        wrong += read(*stored) != bytes;
        wrong += !link(*store, stored) || !unlink(*store, stored->id());
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
  subject.now += 1h;
  BOOST_TEST(!is_found(subject, bytes));
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

// The look-up may be the last to hold the blob, which then locks the index to remove itself.
BOOST_AUTO_TEST_CASE(a_reader_lets_go_of_a_blob_while_it_is_looked_up) {
  memory_subject subject;
  const auto id = digest::of("x");
  std::thread looking{[&] {
    for (int i = 0; i < 50'000; ++i)
      answer_of(subject.engine->blobs(), &blob_engine::find, id);
  }};
  for (int i = 0; i < 20'000; ++i)
    publish(*subject.engine, "x", subject.now).reset();
  looking.join();
  BOOST_TEST(!is_found(subject, "x"));
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(threads_publish_while_the_engine_is_cleared) {
  memory_subject subject;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (unsigned i = 0; i < 100; ++i) {
        const auto bytes = content(20'000, i % 3);
        const auto store = subject.engine->metadata().open(name("r" + std::to_string(t)));
        const auto stored = publish(*subject.engine, bytes, subject.now + 1min);
        // The engine may be cleared between the two calls.
        const auto linked = link(*store, stored);
        wrong += !linked && linked.error().code != errc::blob_unknown;
        wrong += read(*stored) != bytes;
        wrong += !put(*store, image({.note = std::to_string(i)}), labels({"latest"}));
      }
    });
  }
  for (int i = 0; i < 50; ++i)
    clear(*subject.engine);
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
  clear(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(unneeded_links_go_once_their_lease_ends) {
  leased_subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  const auto empty = used_bytes(*subject.engine);
  const auto add = [&](std::string_view bytes) {
    subject.push(*store, bytes, subject.now + 1h).value();
    return digest::of(bytes);
  };
  const auto named = add("named");
  const auto loose = add(content(50'000));
  const auto value = image({.blobs = {named}});
  put(*store, value, labels({"v1"})).value();

  BOOST_TEST(collect(*subject.engine).value().links == 0U);
  subject.now += 2h;
  const auto counted = collect(*subject.engine, {.dry_run = true}).value();
  BOOST_TEST(counted.links == 1U);
  BOOST_TEST(answer_of(*store, &repository_store::find_blob, loose).has_value());
  const auto first = collect(*subject.engine).value();
  BOOST_TEST(first.links == 1U);
  BOOST_TEST(first.blobs == 1U);
  BOOST_TEST(first.bytes == 50'000U);
  BOOST_TEST(
    (code_of(answer_of(*store, &repository_store::find_blob, loose)) == errc::blob_unknown));
  BOOST_TEST(answer_of(*store, &repository_store::find_blob, named).has_value());

  delete_manifest(*store, value->id()).value();
  const auto second = collect(*subject.engine).value();
  BOOST_TEST(second.links == 1U);
  BOOST_TEST(second.bytes == 5U);
  forget_history(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == empty);
}

BOOST_AUTO_TEST_CASE(a_push_in_progress_holds_its_links) {
  leased_subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  subject.push(*store, "x", subject.now + 1min).value();
  subject.now += 1h;
  store->hold_until(subject.now + 1h);
  BOOST_TEST(collect(*subject.engine).value().links == 0U);
  store->hold_until(subject.now);
  BOOST_TEST(collect(*subject.engine).value().links == 1U);
}

BOOST_AUTO_TEST_CASE(a_repository_that_is_always_on_hold_loses_its_garbage) {
  leased_subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  subject.push(*store, "x", subject.now + 1h).value();
  subject.now += 23h;
  subject.push(*store, "y", subject.now + 1h).value();
  store->hold_until(subject.now + 100h);
  BOOST_TEST(collect(*subject.engine).value().links == 0U);
  subject.now += 2h; // the first lease ended longer ago than a hold may extend it
  BOOST_TEST(collect(*subject.engine).value().links == 1U);
  BOOST_TEST(!answer_of(*store, &repository_store::find_blob, digest::of("x")).has_value());
  BOOST_TEST(answer_of(*store, &repository_store::find_blob, digest::of("y")).has_value());
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_renewed_keeps_a_link) {
  leased_subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  subject.push(*store, "x", subject.now + 1min).value();
  subject.now += 1h;
  subject.leases.lease(digest::of("x"), subject.now + 1h);
  BOOST_TEST(collect(*subject.engine).value().links == 0U);
  BOOST_TEST(collect(*subject.engine, {.ignore_leases = true}).value().links == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_goes_with_its_last_link) {
  leased_subject subject;
  auto store = subject.engine->metadata().open(name("a"));
  subject.push(*store, "x", subject.now + 1min).value();
  store.reset();
  BOOST_TEST(answer_of(subject.engine->metadata(), &metadata_engine::contains, name("a")).value());
  subject.now += 1h;
  collect(*subject.engine).value();
  BOOST_TEST(!answer_of(subject.engine->metadata(), &metadata_engine::contains, name("a")).value());
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(unneeded_links_make_room_at_the_limit) {
  leased_subject subject{1'000'000};
  const auto store = subject.engine->metadata().open(name("a"));
  const auto push = [&](unsigned salt) -> result<void> {
    auto sink =
      answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate());
    const auto bytes = content(100'000, salt);
    if (!sink)
      return std::move(sink).error();
    if (auto kept = append(**sink, bytes); !kept)
      return kept;
    const auto id = digest::of(bytes);
    subject.leases.lease(id, subject.now + 1min);
    return link(*store, publish(*subject.engine, std::move(*sink), id, subject.now + 1min).value());
  };
  for (unsigned i = 0; i < 9; ++i)
    push(i).value();
  BOOST_TEST((code_of(push(9)) == errc::insufficient_storage));
  subject.now += 1h;
  for (unsigned i = 8; i < 100; ++i) {
    BOOST_REQUIRE(push(i).has_value());
    subject.now += 1h;
  }
}

BOOST_AUTO_TEST_CASE(a_sink_may_go_while_its_bytes_wait_for_room) {
  leased_subject subject{200'000};
  const auto store = subject.engine->metadata().open(name("a"));
  subject.push(*store, content(100'000), subject.now + 1min).value();
  for (unsigned i = 0; i < 50; ++i) {
    auto sink = filled_sink(*subject.engine, "x");
    const auto bytes = content(150'000, i);
    std::promise<result<void>> answer;
    sink->append(std::as_bytes(std::span{bytes}),
                 [&](result<void> outcome) { answer.set_value(std::move(outcome)); });
    sink.reset();
    BOOST_TEST(code_of(answer.get_future().get()) == errc::insufficient_storage);
  }
}

BOOST_AUTO_TEST_CASE(a_collection_covers_more_links_than_one_slice) {
  leased_subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  for (unsigned i = 0; i < 1000; ++i)
    subject.push(*store, std::to_string(i), subject.now + 1min).value();
  subject.now += 30s;
  BOOST_TEST(collect(*subject.engine, {.dry_run = true}).value().links == 0U);
  subject.now += 1h;
  BOOST_TEST(collect(*subject.engine, {.dry_run = true}).value().links == 1000U);
  BOOST_TEST(collect(*subject.engine).value().blobs == 1000U);
}

BOOST_AUTO_TEST_CASE(uploads_before_a_reset_are_not_found_after) {
  memory_subject subject;
  auto sink = filled_sink(*subject.engine, "old");
  clear(*subject.engine);
  const auto late =
    publish(*subject.engine, std::move(sink), digest::of("old"), subject.now + 1h).value();
  BOOST_TEST(!is_found(subject, "old"));
  const auto store = subject.engine->metadata().open(name("a"));
  BOOST_TEST((code_of(link(*store, late)) == errc::blob_unknown));
}

BOOST_AUTO_TEST_CASE(stores_from_before_a_reset_link_nothing) {
  memory_subject subject;
  const auto before = subject.engine->metadata().open(name("a"));
  clear(*subject.engine);
  const auto made = publish(*subject.engine, "x", subject.now + 1h);
  BOOST_TEST((code_of(link(*before, made)) == errc::blob_unknown));
  BOOST_TEST(!is_found(subject, "x"));
  link(*subject.engine->metadata().open(name("a")), made).value();
  BOOST_TEST(is_found(subject, "x"));
}

BOOST_AUTO_TEST_CASE(repositories_in_use_are_paid_for) {
  memory_subject subject{100'000};
  auto& metadata = subject.engine->metadata();
  std::vector<std::shared_ptr<repository_store>> open;
  for (int i = 0;
       i < 1000 && answer_of(metadata, &metadata_engine::may_open, name("r" + std::to_string(i)));
       ++i)
    open.push_back(metadata.open(name("r" + std::to_string(i))));
  BOOST_TEST(open.size() > 10U);
  BOOST_TEST(open.size() < 50U);
  BOOST_TEST(answer_of(metadata, &metadata_engine::may_open, name("r0")).has_value());
  BOOST_TEST((code_of(answer_of(metadata, &metadata_engine::may_open, name("other"))) ==
              errc::insufficient_storage));
  open.clear();
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_CASE(the_history_of_a_registry_in_memory_is_bounded) {
  repository<memory_subject> subject;
  const auto one = image({.note = "one"});
  const auto two = image({.note = "two"});
  put(*subject.store, one, labels({"latest"})).value();
  const auto used = used_bytes(*subject.engine);
  for (std::size_t i = 0; i < history_counter::max_entries; ++i)
    put(*subject.store, i % 2 == 0 ? two : one, labels({"latest"})).value();
  BOOST_TEST(used_bytes(*subject.engine) < used + (history_counter::max_entries + 10) * 640);
  const auto told = answer_of(*subject.store, &repository_store::list_history,
                              history_query{.name = label("latest"), .limit = 1'000'000})
                      .value();
  BOOST_TEST(told.items.size() == history_counter::max_entries);
  BOOST_TEST((told.items.front().after == one->id()));
}

BOOST_AUTO_TEST_CASE(a_history_yields_to_content) {
  repository<memory_subject> subject{160'000U};
  const auto one = image({.note = "one"});
  const auto two = image({.note = "two"});
  for (int i = 0; i < 200; ++i)
    put(*subject.store, i % 2 == 0 ? two : one, labels({"latest"})).value();
  const auto large = image({.note = std::string(20'000, 'x')});
  BOOST_TEST(put(*subject.store, large, labels({"large"})).has_value());
  const auto told = answer_of(*subject.store, &repository_store::list_history,
                              history_query{.name = label("latest")})
                      .value();
  BOOST_TEST(told.items.size() < 200U);
  BOOST_REQUIRE(!told.items.empty());
  BOOST_TEST((told.items.front().after == one->id()));
}

BOOST_AUTO_TEST_CASE(threads_push_while_links_are_swept) {
  memory_subject subject;
  std::atomic<int> wrong{0};
  std::atomic<bool> ended{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      const auto store = subject.engine->metadata().open(name("r" + std::to_string(t)));
      for (unsigned i = 0; i < 300; ++i) {
        const auto bytes = std::to_string(i % 7);
        link(*store, publish(*subject.engine, bytes, subject.now)).value(); // expires immediately
        const auto value = image({.blobs = {digest::of(bytes)}, .note = std::to_string(i)});
        const auto stored = put_checked(*store, value, labels({"latest"}));
        wrong += !stored && stored.error().code != errc::manifest_blob_unknown;
        if (stored)
          wrong += !answer_of(*store, &repository_store::find_blob, digest::of(bytes)) ||
                   !delete_manifest(*store, value->id());
      }
    });
  }
  std::thread sweeper{[&] {
    while (!ended)
      collect(*subject.engine).value();
  }};
  for (auto& thread : threads)
    thread.join();
  ended = true;
  sweeper.join();
  BOOST_TEST(wrong == 0);
  forget_history(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
