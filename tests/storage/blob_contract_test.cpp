// The promises of storage/api about blobs, for every engine.
#include "storage/api/answer_of.hpp"
#include "storage/engine_contract.hpp"
#include "storage/test_content.hpp"
#include "support/aborts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(blob_contract)

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

// Around the sizes at which engines change how they store bytes.
constexpr std::array<std::size_t, 8> sizes{0,       1,          4096,     16 * 1024, 16 * 1024 + 1,
                                           100'000, 256 * 1024, 3'000'001};

BOOST_AUTO_TEST_CASE_TEMPLATE(the_bytes_of_a_sink_can_be_read_from_the_blob, Subject,
                              engines_that<&capabilities::keeps_bytes>) {
  Subject subject;
  for (const auto size : sizes) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const auto bytes = content(size);
      const auto stored = publish(*subject.engine, bytes, subject.now + 1min);
      BOOST_TEST(stored->id() == digest::of(bytes));
      BOOST_TEST(stored->size() == size);
      BOOST_TEST((read(*stored) == bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sink_takes_its_bytes_in_pieces_of_any_size, Subject,
                              engines_that<&capabilities::keeps_bytes>) {
  Subject subject;
  const auto bytes = content(200'000);
  const auto sink =
    answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate()).value();
  std::size_t step = 0;
  for (std::size_t offset = 0; offset < bytes.size(); offset += step, step = step * 2 + 1) {
    BOOST_TEST(sink->size() == offset);
    step = std::min(step, bytes.size() - offset);
    BOOST_REQUIRE(append(*sink, std::string_view{bytes}.substr(offset, step)).has_value());
  }
  BOOST_TEST(sink->size() == bytes.size());
  BOOST_TEST(hash_of(*sink, digest_algorithm::sha256) == digest::of(bytes));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sink_hashes_its_bytes_with_any_algorithm, Subject,
                              engines_that<&capabilities::keeps_bytes>) {
  Subject subject;
  for (const auto size : sizes) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const auto bytes = content(size);
      const auto sink = filled_sink(*subject.engine, bytes);
      BOOST_TEST(hash_of(*sink, digest_algorithm::sha512) ==
                 digest::of(bytes, digest_algorithm::sha512));
      BOOST_REQUIRE(append(*sink, "more").has_value());
      BOOST_TEST(hash_of(*sink, digest_algorithm::sha256) == digest::of(bytes + "more"));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_dropped_sink_frees_everything, Subject, contract_engines) {
  Subject subject;
  const auto before = used_bytes(*subject.engine);
  for (const auto size : sizes) {
    auto sink = filled_sink(*subject.engine, content(size));
    BOOST_TEST(used_bytes(*subject.engine) >= before + size);
    sink.reset();
    BOOST_TEST(used_bytes(*subject.engine) == before);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_is_found_by_any_kind_of_digest, Subject,
                              engines_that<&capabilities::keeps_bytes>) {
  Subject subject;
  const std::array ids{digest::of("x"), digest::of("x", digest_algorithm::sha512),
                       digest::parse_lenient("sha256:short").value()};
  for (const auto& id : ids) {
    BOOST_TEST_CONTEXT(id.to_string()) {
      const auto sink_for = [&] { return filled_sink(*subject.engine, "x"); };
      const auto published = publish(*subject.engine, sink_for(), id, subject.now + 1min);
      BOOST_REQUIRE(published.has_value());
      link(*subject.engine->metadata().open(name("a")), *published).value();
      const auto found = answer_of(subject.engine->blobs(), &blob_engine::find, id);
      BOOST_REQUIRE(found.has_value());
      BOOST_TEST((*found)->id() == id);
      BOOST_TEST(read(**found) == "x");
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_absent_blob_is_unknown, Subject, contract_engines) {
  Subject subject;
  publish(*subject.engine, "present", subject.now + 1min);
  const auto found = answer_of(subject.engine->blobs(), &blob_engine::find, absent_digest());
  BOOST_TEST(code_of(found) == errc::blob_unknown);
  BOOST_TEST(found.error().detail == absent_digest().to_string());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_open_sink_is_not_a_blob, Subject, contract_engines) {
  Subject subject;
  const auto sink = filled_sink(*subject.engine, "unpublished");
  BOOST_TEST(code_of(answer_of(subject.engine->blobs(), &blob_engine::find,
                               digest::of("unpublished"))) == errc::blob_unknown);
}

#ifndef NDEBUG
BOOST_AUTO_TEST_CASE_TEMPLATE(a_sink_of_another_engine_is_not_published, Subject,
                              engines_that<&capabilities::survives_fork>) {
  Subject subject;
  another_than<Subject> other;
  auto foreign = filled_sink(*other.engine, "bytes");
  BOOST_TEST(aborts([&] {
    subject.engine->blobs().publish(std::move(foreign), digest::of("bytes"), subject.now + 1min,
                                    [](const auto&) {});
  }));
}
#endif

BOOST_AUTO_TEST_CASE_TEMPLATE(the_same_bytes_are_kept_once, Subject, contract_engines) {
  Subject subject;
  for (const auto size : sizes) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const auto bytes = content(size, 7);
      const auto first = publish(*subject.engine, bytes, subject.now + 1min);
      const auto used = used_bytes(*subject.engine);
      const auto second = publish(*subject.engine, bytes, subject.now + 1min);
      BOOST_TEST(used_bytes(*subject.engine) == used);
      BOOST_TEST((read(*first) == bytes));
      BOOST_TEST((read(*second) == bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_that_nothing_links_can_be_linked_while_it_is_held, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto held = publish(*subject.engine, "held", subject.now + 10min);
  subject.now += 10min - 1s;
  BOOST_TEST(link(*subject.store, held).has_value());
  BOOST_TEST(
    answer_of(subject.engine->blobs(), &blob_engine::find, digest::of("held")).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_durable_blob_that_nothing_links_stays_until_its_lease_ends, Subject,
                              engines_that<&capabilities::is_durable>) {
  Subject subject;
  const auto is_found = [&] {
    return answer_of(subject.engine->blobs(), &blob_engine::find, digest::of("leased")).has_value();
  };
  publish(*subject.engine, "leased", subject.now + 10min);
  publish(*subject.engine, "leased", subject.now + 2min); // never shortens it
  subject.now += 10min - 1s;
  BOOST_TEST(is_found());
  publish(*subject.engine, "leased", subject.now + 30min);
  subject.now += 30min - 1s;
  BOOST_TEST(is_found());
  subject.now += 1s;
  BOOST_TEST(!is_found());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_linked_blob_outlives_its_lease, Subject, contract_engines) {
  Subject subject;
  const auto store = subject.engine->metadata().open(name("a"));
  BOOST_REQUIRE(link(*store, publish(*subject.engine, "linked", subject.now + 1min)).has_value());
  subject.now += 24h;
  publish(*subject.engine, "another", subject.now + 1min);
  BOOST_TEST(
    answer_of(subject.engine->blobs(), &blob_engine::find, digest::of("linked")).has_value());
  BOOST_TEST(answer_of(*store, &repository_store::find_blob, digest::of("linked")).has_value());
}

// case 84
BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_stays_readable_while_it_is_held, Subject, contract_engines) {
  for (const auto size : sizes) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      Subject subject;
      const auto bytes = content(size);
      const auto store = subject.engine->metadata().open(name("a"));
      BOOST_REQUIRE(link(*store, publish(*subject.engine, bytes, subject.now)).has_value());
      const auto reader =
        answer_of(*store, &repository_store::find_blob, digest::of(bytes)).value();
      BOOST_REQUIRE(unlink(*store, digest::of(bytes)).has_value());
      BOOST_TEST((read(*reader) == bytes));
      clear(*subject.engine);
      BOOST_TEST((read(*reader) == bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(different_digests_are_published_at_the_same_time, Subject,
                              contract_engines) {
  Subject subject;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto store = subject.engine->metadata().open(name("r" + std::to_string(t)));
      for (unsigned i = 0; i < 100; ++i) {
        const auto bytes = content(i % 10 == 0 ? 40'000 : 100, t * 1000 + i);
        const auto stored = publish(*subject.engine, bytes, subject.now + 1min);
        wrong += !link(*store, stored);
        const auto found =
          answer_of(subject.engine->blobs(), &blob_engine::find, digest::of(bytes));
        wrong += read(*stored) != bytes || !found || read(**found) != bytes;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
}

// One caller at a time calls the engine for one digest; the mutex ensures that. case 114
BOOST_AUTO_TEST_CASE_TEMPLATE(uploads_of_the_same_bytes_become_one_blob, Subject,
                              contract_engines) {
  Subject subject;
  const auto bytes = content(50'000);
  const auto id = digest::of(bytes);
  const auto first = publish(*subject.engine, bytes, subject.now + 1min);
  const auto used = used_bytes(*subject.engine);
  std::mutex blob_store;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        auto sink = filled_sink(*subject.engine, bytes);
        const std::lock_guard lock{blob_store};
        const auto stored = publish(*subject.engine, std::move(sink), id, subject.now + 1min);
        wrong += !stored || read(**stored) != bytes;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(used_bytes(*subject.engine) == used);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(readers_get_whole_blobs_while_links_come_and_go, Subject,
                              contract_engines) {
  Subject subject;
  const auto bytes = content(50'000);
  const auto id = digest::of(bytes);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (const auto* repository : {"a", "b"}) {
    threads.emplace_back([&, repository] {
      const auto store = subject.engine->metadata().open(name(repository));
      for (int i = 0; i < 200; ++i) {
        wrong += !link(*store, publish(*subject.engine, bytes, subject.now + 1min));
        wrong += read(*answer_of(*store, &repository_store::find_blob, id).value()) != bytes;
        wrong += !unlink(*store, id);
      }
    });
  }
  std::thread reader{[&] {
    while (!done) {
      if (const auto found = answer_of(subject.engine->blobs(), &blob_engine::find, id))
        wrong += read(**found) != bytes;
    }
  }};
  for (auto& thread : threads)
    thread.join();
  done = true;
  reader.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_above_the_limit_are_refused_and_the_sink_keeps_the_rest,
                              Subject, engines_that<&capabilities::is_bounded>) {
  Subject subject{200'000};
  const auto present = publish(*subject.engine, content(50'000), subject.now + 1min);
  const auto sink = filled_sink(*subject.engine, content(80'000, 1));
  const auto used = used_bytes(*subject.engine);
  BOOST_TEST(code_of(append(*sink, content(150'000))) == errc::insufficient_storage);
  BOOST_TEST(used_bytes(*subject.engine) == used);
  BOOST_TEST(sink->size() == 80'000U);
  BOOST_TEST(hash_of(*sink, digest_algorithm::sha256) == digest::of(content(80'000, 1)));
  BOOST_TEST((read(*present) == content(50'000)));
  BOOST_TEST(append(*sink, "fits").has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_engine_without_room_opens_no_sink, Subject,
                              engines_that<&capabilities::is_bounded>) {
  Subject subject{100'000};
  std::vector<std::unique_ptr<blob_sink>> sinks;
  auto opened =
    answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate());
  while (opened && sinks.size() < 10'000) {
    BOOST_REQUIRE(append(**opened, "x").has_value());
    sinks.push_back(std::move(*opened));
    opened = answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate());
  }
  BOOST_TEST(code_of(opened) == errc::insufficient_storage);
  sinks.pop_back();
  BOOST_TEST(answer_of(subject.engine->uploads(), &upload_engine::open_sink, upload_id::generate())
               .has_value());
}

// case 120
BOOST_AUTO_TEST_CASE_TEMPLATE(the_repositories_that_link_a_blob_are_listed_in_pages, Subject,
                              contract_engines) {
  repository<Subject> subject;
  auto& metadata = subject.engine->metadata();
  const auto linking = [&](const digest& id, const page_request& request) {
    std::vector<std::string> names;
    const auto listed = answer_of(metadata, &metadata_engine::list_linking, id, request).value();
    for (const auto& each : listed.items)
      names.push_back(each.to_string());
    BOOST_TEST(!listed.more);
    return names;
  };
  BOOST_TEST(linking(absent_digest(), {100, {}}).empty());
  auto shared = publish(*subject.engine, "shared", subject.now + 1h);
  const auto id = shared->id();
  BOOST_TEST(linking(id, {100, {}}).empty());
  std::vector<std::string> expected;
  for (const auto* text : {"b", "a/c", "d"}) {
    link(*metadata.open(name(text)), shared).value();
    expected.emplace_back(text);
  }
  subject.add_blob("other");
  auto found = linking(id, {100, {}});
  std::ranges::sort(found);
  std::ranges::sort(expected);
  BOOST_TEST(found == expected, boost::test_tools::per_element());
  // One by one.
  std::vector<std::string> paged;
  while (paged.size() < 3) {
    const auto last = paged.empty() ? std::string{} : paged.back();
    const auto page =
      answer_of(metadata, &metadata_engine::list_linking, id, page_request{1, last});
    BOOST_REQUIRE(page.value().items.size() == 1U);
    BOOST_TEST(page->more == (paged.size() < 2));
    paged.push_back(page->items.front().to_string());
  }
  std::ranges::sort(paged);
  BOOST_TEST(paged == expected, boost::test_tools::per_element());
  shared.reset();
  unlink(*metadata.open(name("b")), id).value();
  found = linking(id, {100, {}});
  std::ranges::sort(found);
  BOOST_TEST(found == (std::vector<std::string>{"a/c", "d"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_deleted_everywhere_is_unknown, Subject, contract_engines) {
  repository<Subject> subject;
  auto& blobs = subject.engine->blobs();
  for (const auto size : {std::size_t{100}, std::size_t{100'000}}) {
    const auto bytes = content(size);
    const auto id = digest::of(bytes);
    // Published but not linked yet: a link may follow.
    auto fresh = publish(*subject.engine, bytes, subject.now + 1h);
    const auto other = subject.engine->metadata().open(name("other"));
    link(*subject.store, fresh).value();
    link(*other, fresh).value();
    fresh.reset();
    BOOST_TEST(unlink(*subject.store, id).has_value());
    BOOST_TEST(answer_of(blobs, &blob_engine::find, id).has_value());
    BOOST_TEST(unlink(*other, id).has_value());
    BOOST_TEST(code_of(answer_of(blobs, &blob_engine::find, id)) == errc::blob_unknown);
    // A push revives it.
    BOOST_TEST(subject.add_blob(bytes) == id);
    BOOST_TEST(read(*answer_of(blobs, &blob_engine::find, id).value()) == bytes);
  }
}

BOOST_AUTO_TEST_SUITE_END()
