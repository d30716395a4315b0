// What the memory engine promises beyond the contract: its budget, its files, its leases.
#include "storage/memory/engine.hpp"

#include "storage/engine_contract.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
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

namespace {

/// Sets a limit of the process for as long as it lives.
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

bool is_found(memory_subject& subject, std::string_view bytes) {
  return subject.engine->blobs().find(digest::of(bytes)).has_value();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_blob_above_the_threshold_lies_in_a_file) {
  memory_subject subject;
  const auto inlined = publish(*subject.engine, content(16 * 1024), subject.now + 1min);
  BOOST_TEST(!inlined->file());
  BOOST_TEST(inlined->inline_bytes().size() == 16U * 1024);
  const auto filed = publish(*subject.engine, content(16 * 1024 + 1), subject.now + 1min);
  BOOST_REQUIRE(!!filed->file());
  BOOST_TEST(filed->inline_bytes().empty());
  BOOST_TEST((::fcntl(filed->file().descriptor, F_GETFD) & FD_CLOEXEC) != 0);
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

BOOST_AUTO_TEST_CASE(a_file_gives_its_memory_and_its_place_back) {
  memory_subject subject;
  const auto taken = [](const blob_file& file) {
    struct stat found {};
    BOOST_REQUIRE(::fstat(file.descriptor, &found) == 0);
    return found.st_blocks;
  };
  // A sink has its place until it goes; the next sixteen go through all descriptors once.
  const auto publish_one = [&](unsigned salt) {
    auto made = publish(*subject.engine, content(100'000, salt), subject.now + 1min);
    const auto where = made->file();
    BOOST_TEST(taken(where) > 0);
    return where;
  };
  const auto first = publish_one(0);
  subject.now += 2min;
  subject.engine->collect({}, {}).value();
  BOOST_TEST(taken(first) == 0);
  for (unsigned salt = 1; salt < 16; ++salt)
    publish_one(salt);
  const auto again = publish_one(16);
  BOOST_TEST(again.descriptor == first.descriptor);
  BOOST_TEST(again.begin == first.begin);
}

BOOST_AUTO_TEST_CASE(ten_thousand_idle_uploads_cost_little_and_no_descriptor) {
  memory_subject subject;
  const auto descriptors = open_descriptors();
  std::vector<std::unique_ptr<blob_sink>> sinks;
  for (int i = 0; i < 10'000; ++i)
    sinks.push_back(filled_sink(*subject.engine, "x"));
  BOOST_TEST(open_descriptors() == descriptors);
  BOOST_TEST(subject.engine->used_bytes() <= 10'000U * 5'000);
  sinks.clear();
  BOOST_TEST(subject.engine->used_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_reached_limit_loses_nothing) {
  memory_subject subject{1'000'000};
  const auto store = subject.engine->metadata().open(name("a"));
  std::vector<digest> stored;
  for (unsigned i = 0; i < 1000; ++i) {
    auto sink = subject.engine->blobs().open_sink(upload_id::generate());
    const auto bytes = content(30'000, i);
    if (!sink || !append(**sink, bytes))
      break;
    const auto id = digest::of(bytes);
    auto published = publish(*subject.engine, std::move(*sink), id, subject.now + 1h);
    BOOST_REQUIRE(published.has_value());
    if (!link(*store, *published))
      break;
    stored.push_back(id);
  }
  BOOST_TEST(stored.size() > 25U);
  BOOST_TEST(stored.size() < 34U);
  BOOST_TEST(subject.engine->used_bytes() <= 1'000'000U);
  for (unsigned i = 0; i < stored.size(); ++i)
    BOOST_TEST((read(*store->find_blob(stored[i]).value()) == content(30'000, i)));
}

BOOST_AUTO_TEST_CASE(a_refusal_says_how_much_is_used_of_how_much) {
  memory_subject subject{5'000};
  const auto sink = subject.engine->blobs().open_sink(upload_id::generate()).value();
  const auto refused = append(*sink, content(2'000));
  BOOST_REQUIRE(refused.has_error());
  BOOST_TEST(refused.error().detail ==
             "the storage limit is reached: 4352 of 5000 bytes are in use");
}

BOOST_AUTO_TEST_CASE(other_bytes_under_a_trusted_digest_are_accounted_for) {
  memory_subject subject{10'000'000};
  const auto store = subject.engine->metadata().open(name("a"));
  const auto trusted = digest::of("chosen");
  const auto put_bytes = [&](std::size_t size) {
    auto value = manifest::accept(std::string(size, 'x'), {}, trusted);
    put(*store, std::make_shared<const manifest>(std::move(value))).value();
  };
  put_bytes(2);
  put_bytes(1'000'000);
  BOOST_TEST(subject.engine->used_bytes() >= 1'000'000U);
  put_bytes(2);
  BOOST_TEST(subject.engine->used_bytes() < 1'000'000U);
  delete_manifest(*store, trusted).value();
  BOOST_TEST(subject.engine->used_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_deleted_blob_makes_room_at_once) {
  memory_subject subject{100'000};
  const auto store = subject.engine->metadata().open(name("a"));
  link(*store, publish(*subject.engine, content(80'000), subject.now + 1h)).value();
  BOOST_TEST(
    append(*subject.engine->blobs().open_sink(upload_id::generate()).value(), content(80'000, 1))
      .has_error());
  unlink(*store, digest::of(content(80'000))).value();
  BOOST_TEST(subject.engine->used_bytes() == 0U);
  BOOST_TEST(!is_found(subject, content(80'000)));
  link(*store, publish(*subject.engine, content(80'000, 1), subject.now + 1h)).value();
}

BOOST_AUTO_TEST_CASE(the_last_link_of_several_ends_the_lease) {
  memory_subject subject;
  const auto a = subject.engine->metadata().open(name("a"));
  const auto b = subject.engine->metadata().open(name("b"));
  link(*a, publish(*subject.engine, "x", subject.now + 1h)).value();
  link(*b, a->find_blob(digest::of("x")).value()).value();
  unlink(*a, digest::of("x")).value();
  BOOST_TEST(is_found(subject, "x"));
  unlink(*b, digest::of("x")).value();
  BOOST_TEST(!is_found(subject, "x"));
}

BOOST_AUTO_TEST_CASE(an_unlinked_blob_goes_when_its_lease_is_over) {
  memory_subject subject;
  publish(*subject.engine, "leased", subject.now + 10min);
  subject.now += 10min;
  BOOST_TEST(!is_found(subject, "leased"));
  BOOST_TEST(subject.engine->used_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(leases_that_are_over_make_room_when_the_limit_is_hit) {
  memory_subject subject{100'000};
  publish(*subject.engine, content(40'000, 1), subject.now + 1min);
  publish(*subject.engine, content(40'000, 2), subject.now + 10min);
  const auto sink = subject.engine->blobs().open_sink(upload_id::generate()).value();
  BOOST_TEST(append(*sink, content(40'000, 3)).has_error());
  subject.now += 5min;
  BOOST_TEST(append(*sink, content(40'000, 3)).has_value());
  BOOST_TEST(!is_found(subject, content(40'000, 1)));
  BOOST_TEST(is_found(subject, content(40'000, 2)));
}

BOOST_AUTO_TEST_CASE(everything_is_given_back_in_the_end) {
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
  BOOST_TEST(subject.engine->used_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(an_upload_without_a_free_descriptor_keeps_what_it_has) {
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
  const auto used = subject.engine->used_bytes();
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  {
    const limited_resource short_files{RLIMIT_FSIZE, 80'000};
    const auto refused = append(*sink, content(50'000, 1));
    BOOST_TEST(code_of(refused) == errc::disk_full); // no limit of the registry
  }
  std::signal(SIGXFSZ, before);
  BOOST_TEST(sink->size() == 50'000U);
  BOOST_TEST(subject.engine->used_bytes() == used);
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
  BOOST_TEST(subject.engine->used_bytes() == 0U);
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
        wrong += !link(*store, stored) || read(*stored) != bytes;
        wrong += !put(*store, image({.note = std::to_string(i)}), labels({"latest"}));
      }
    });
  }
  for (int i = 0; i < 50; ++i)
    subject.engine->clear();
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
  subject.engine->clear();
  BOOST_TEST(subject.engine->used_bytes() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
