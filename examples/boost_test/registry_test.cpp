// Boost.Test: one registry for all cases, emptied before each.
#define BOOST_TEST_MODULE registry_test
#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include <gantry/registry.hpp>

#include <string>
#include <vector>

namespace {

gantry::options without_seed() {
  gantry::options chosen;
  chosen.seed = "false";
  return chosen;
}

/// Runs for as long as the test program.
struct shared_registry {
  shared_registry() { registry.start(); }
  static inline gantry::registry registry{without_seed()};
};

struct empty_registry {
  empty_registry() { registry.reset(); }
  gantry::registry& registry = shared_registry::registry;
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(shared_registry);

BOOST_FIXTURE_TEST_CASE(an_image_has_its_tag, empty_registry) {
  registry.push({"team/app", "1.0", {"the bytes of a layer"}});
  BOOST_TEST(registry.tags("team/app") == std::vector<std::string>{"1.0"});
}

BOOST_FIXTURE_TEST_CASE(a_fault_waits_for_its_request, empty_registry) {
  registry.fail(gantry::fault{}.on("put_manifest").in("team/*").answering(503).only(2));
  BOOST_TEST(registry.faults().at(0).hits == 0u);
  BOOST_TEST(registry.count(gantry::request_filter{}.on("put_manifest").answered("503")) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_case_sees_nothing_of_the_one_before, empty_registry) {
  BOOST_TEST(registry.repositories().empty());
}
