// Catch2: a registry per test case. It starts in a few milliseconds.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include <gantry/registry.hpp>

#include <string>
#include <vector>

namespace {

gantry::options without_seed() {
  gantry::options chosen;
  chosen.seed = "false";
  return chosen;
}

struct started_registry {
  started_registry() { registry.start(); }
  gantry::registry registry{without_seed()};
};

} // namespace

TEST_CASE_METHOD(started_registry, "an image has its tag") {
  registry.push({"team/app", "1.0", {"the bytes of a layer"}});
  CHECK(registry.tags("team/app") == std::vector<std::string>{"1.0"});
}

TEST_CASE_METHOD(started_registry, "a fault waits for its request") {
  registry.fail(gantry::fault{}.on("put_manifest").in("team/*").answering(503).only(2));
  CHECK(registry.faults().at(0).hits == 0u);
  CHECK(registry.count(gantry::request_filter{}.on("put_manifest").answered("503")) == 0u);
}

TEST_CASE_METHOD(started_registry, "a case sees nothing of the one before") {
  CHECK(registry.repositories().empty());
}
