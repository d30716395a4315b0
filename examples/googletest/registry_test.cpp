// GoogleTest: one registry per suite, emptied before each test.
#include <gtest/gtest.h>

#include <gantry/registry.hpp>

#include <optional>
#include <string>
#include <vector>

namespace {

class RegistryTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    gantry::options chosen;
    chosen.seed = "false";
    registry.emplace(chosen);
    registry->start();
  }
  static void TearDownTestSuite() { registry.reset(); }
  void SetUp() override { registry->reset(); }

  static inline std::optional<gantry::registry> registry;
};

TEST_F(RegistryTest, AnImageHasItsTag) {
  registry->push({"team/app", "1.0", {"the bytes of a layer"}});
  EXPECT_EQ(registry->tags("team/app"), std::vector<std::string>{"1.0"});
}

TEST_F(RegistryTest, AFaultWaitsForItsRequest) {
  registry->fail(gantry::fault{}.on("put_manifest").in("team/*").answering(503).only(2));
  EXPECT_EQ(registry->faults().at(0).hits, 0u);
  EXPECT_EQ(registry->count(gantry::request_filter{}.on("put_manifest").answered("503")), 0u);
}

TEST_F(RegistryTest, ATestSeesNothingOfTheOneBefore) {
  EXPECT_TRUE(registry->repositories().empty());
}

} // namespace
