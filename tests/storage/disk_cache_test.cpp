// The cache of manifests stays within its bound and never returns outdated entries.
#include "storage/api/answer_of.hpp"
#include "storage/disk/manifest_cache.hpp"

#include "storage/disk/repository.hpp"
#include "storage/disk/store.hpp"
#include "storage/test_content.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace gantry::storage;
using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(disk_cache)

BOOST_AUTO_TEST_CASE(an_entry_is_found_only_for_its_owner_and_version) {
  manifest_cache cache{1'000'000};
  const auto value = image({});
  cache.keep(1, 7, "latest", value);
  BOOST_TEST(cache.find(1, 7, "latest") == value);
  BOOST_TEST(cache.find(2, 7, "latest") == nullptr);
  BOOST_TEST(cache.find(1, 7, "other") == nullptr);
  BOOST_TEST(cache.find(1, 8, "latest") == nullptr);
  BOOST_TEST(cache.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(all_entries_together_stay_within_the_bound) {
  constexpr std::size_t bound = 100'000;
  manifest_cache cache{bound};
  const auto value = image({.note = std::string(1'000, 'x')});
  for (std::uint64_t owner = 0; owner < 1'000; ++owner) {
    cache.keep(owner, 0, "latest", value);
    BOOST_REQUIRE(cache.bytes() <= bound);
    BOOST_REQUIRE(cache.find(owner, 0, "latest") == value);
  }
  BOOST_TEST(cache.bytes() > bound / 2);
  cache.keep(0, 0, "large", image({.note = std::string(bound, 'x')}));
  BOOST_TEST(cache.find(0, 0, "large") == nullptr);
}

BOOST_AUTO_TEST_CASE(recently_used_entries_stay_longest) {
  manifest_cache cache{100'000};
  const auto used = image({.note = "used"});
  cache.keep(0, 0, "used", used);
  for (std::uint64_t owner = 1; owner < 1'000; ++owner) {
    cache.keep(owner, 0, "latest", image({}));
    BOOST_REQUIRE(cache.find(0, 0, "used") == used);
  }
}

BOOST_AUTO_TEST_CASE(repositories_share_one_bound) {
  temp_dir folder;
  disk_store store{{.folder = folder.path() / "data", .manifest_cache = 200'000}};
  std::vector<std::unique_ptr<disk_repository>> awake;
  for (int i = 0; i < 50; ++i) {
    awake.push_back(std::make_unique<disk_repository>(store, name("r" + std::to_string(i))));
    put(*awake.back(), image({.note = std::string(10'000, 'x')}), labels({"latest"})).value();
    BOOST_TEST(
      answer_of(*awake.back(), &repository_store::find_manifest, label("latest")).has_value());
    BOOST_TEST(store.manifests.bytes() <= 200'000U);
  }
  BOOST_TEST(store.manifests.bytes() > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
