// Random registries and rules: a run does exactly what its plan says, and an undo takes all of it
// back.
#include "json_answer.hpp"
#include "support/random_source.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

using retention::name_pattern;

/// A repository and a tag or digest.
using place = std::pair<std::string, std::string>;
/// The digest of each tag.
using tag_map = std::map<place, std::string>;

constexpr std::uint32_t worlds = 8;
const std::vector<std::string> repositories{"team/app", "team/base", "other"};
const std::vector<std::string> tags{"latest", "1.0.0", "1.0.1", "1.1.0",      "2.0.0",
                                    "v2.0.0", "dev",   "dev-1", "2.1.0-rc.1", "nightly"};

retention::rule make_rule(random_source& random) {
  retention::rule made;
  made.repositories = {name_pattern::of_repositories(random.one_in(2) ? "*" : "team/*")};
  if (random.one_in(3))
    made.tags = {name_pattern::of_tags(random.one_in(2) ? "dev*" : "*.*")};
  if (random.one_in(3))
    made.except = {name_pattern::of_tags("latest")};
  auto& keep = made.keep;
  switch (random.below(4)) {
  case 0: keep.last_pushed = 1 + random.below(3); break;
  case 1: keep.pushed_within = std::chrono::hours{10 * (1 + random.below(3))}; break;
  case 2: keep.versions = {1, 1, 1 + random.below(2), 1}; break;
  default: keep.matching = {name_pattern::of_tags(random.of(tags))}; break;
  }
  if (random.one_in(3))
    keep.last_pulled = 1 + random.below(2);
  return made;
}

/// A registry whose content, rules and ages follow from a seed.
class random_registry {
public:
  random_registry(std::uint32_t seed, const std::optional<std::string>& folder)
    : random_{std::mt19937{seed}},
      server_{[&](auto& settings) {
        for (auto more = 1 + random_.below(3); more > 0; --more)
          settings.retention_rules.push_back(make_rule(random_));
        settings.actors.gc.undo_window = std::chrono::hours{1};
        if (folder)
          settings.data = *folder;
      }},
      client_{server_} {
    for (int steps = 40; steps > 0; --steps)
      take_step();
  }

  tag_map tags_now() {
    tag_map found;
    for (const auto& repository : repositories) {
      const auto listed = client_.get("/v2/" + repository + "/tags/list");
      if (listed.status != 200)
        continue;
      const auto answer = object_of(listed);
      for (const auto& each : answer.at("tags").as_array()) {
        const std::string name{each.as_string()};
        found[{repository, name}] =
          client_.head(manifest_path(repository, name)).header("Docker-Content-Digest");
      }
    }
    return found;
  }

  /// Of the manifests that were pushed, those that can be pulled.
  std::set<place> manifests_now() {
    std::set<place> found;
    for (const auto& each : pushed_)
      if (client_.head(manifest_path(each.first, each.second)).status == 200)
        found.insert(each);
    return found;
  }

  boost::json::object post(const std::string& path) {
    return object_of(client_.post("/__gantry/v1/retention/" + path));
  }

private:
  void take_step() {
    const auto& repository = random_.of(repositories);
    if (random_.one_in(4)) {
      const auto hours = std::to_string(1 + random_.below(20));
      client_.post("/__parlel/clock", {}, R"({"advance":")" + hours + R"(h"})");
    } else if (random_.one_in(5)) {
      client_.get(manifest_path(repository, random_.of(tags)));
    } else if (random_.one_in(6)) {
      push_signature(repository);
    } else {
      push(repository, random_.of(tags), make_manifest(repository));
    }
  }

  /// One of few, so that tags share manifests; some name another manifest, or have a subject.
  std::string make_manifest(const std::string& repository) {
    const auto mark = std::to_string(random_.below(8));
    const auto other = std::to_string(random_.below(8));
    const auto lone = lone_manifest(other);
    if (random_.one_in(4) && pushed_.contains({repository, sha256(lone)}))
      return render(index_parts{.manifests = {describe(types::index, lone)}});
    if (random_.one_in(5))
      return render(
        index_parts{.subject = describe(types::index, lone), .artifact_type = "example/" + mark});
    return lone_manifest(mark);
  }

  void push_signature(const std::string& repository) {
    auto digest = sha256(lone_manifest(std::to_string(random_.below(8))));
    digest.replace(digest.find(':'), 1, "-");
    push(repository, digest + ".sig", lone_manifest("signature"));
  }

  void push(const std::string& repository, const std::string& tag, const std::string& bytes) {
    pushed_.insert({repository, client_.push_manifest(repository, tag, bytes)});
  }

  random_source random_;
  running_registry server_;
  registry_client client_;
  std::set<place> pushed_;
};

/// Also checks that the plan names the digests that its tags have.
tag_map without_planned(tag_map all, const boost::json::object& plan) {
  for (const auto& repository : plan.at("repositories").as_array())
    for (const auto& each : repository.at("tags").as_array()) {
      const auto found = all.find(
        {std::string{repository.at("name").as_string()}, std::string{each.at("name").as_string()}});
      BOOST_TEST_REQUIRE((found != all.end()));
      BOOST_TEST(each.at("digest").as_string() == found->second);
      all.erase(found);
    }
  return all;
}

/// Returns how many tags went.
std::int64_t run_in_world(std::uint32_t seed, const std::optional<std::string>& folder) {
  random_registry world{seed, folder};
  const auto tags_before = world.tags_now();
  const auto manifests_before = world.manifests_now();
  const auto plan = world.post("plan");
  const auto planned = plan.at("tags").to_number<std::int64_t>();
  BOOST_CHECK(world.tags_now() == tags_before);

  const auto run = world.post("apply?plan=" + std::string{plan.at("plan").as_string()});
  BOOST_TEST_REQUIRE(run.contains("run"));
  BOOST_TEST(run.at("tags").to_number<std::int64_t>() == planned);
  const auto tags_after = world.tags_now();
  BOOST_CHECK(tags_after == without_planned(tags_before, plan));
  const auto manifests_after = world.manifests_now();
  BOOST_TEST(run.at("manifests").to_number<std::size_t>() ==
             manifests_before.size() - manifests_after.size());
  for (const auto& [at, digest] : tags_after)
    BOOST_CHECK(manifests_after.contains({at.first, digest}));

  if (planned > 0) {
    world.post("undo?run=" + std::string{run.at("run").as_string()});
    BOOST_CHECK(world.tags_now() == tags_before);
    BOOST_CHECK(world.manifests_now() == manifests_before);
  }
  return planned;
}

} // namespace

BOOST_AUTO_TEST_SUITE(retention_properties)

BOOST_AUTO_TEST_CASE(a_run_does_what_its_plan_says_in_memory) {
  std::int64_t removed = 0;
  for (std::uint32_t seed = 1; seed <= worlds; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      removed += run_in_world(seed, std::nullopt);
    }
  }
  BOOST_TEST(removed > 0);
}

BOOST_AUTO_TEST_CASE(a_run_does_what_its_plan_says_on_disk) {
  std::int64_t removed = 0;
  for (std::uint32_t seed = 1; seed <= worlds; ++seed) {
    const temp_dir folder;
    BOOST_TEST_CONTEXT("seed " << seed) {
      removed += run_in_world(seed, (folder.path() / "data").string());
    }
  }
  BOOST_TEST(removed > 0);
}

BOOST_AUTO_TEST_SUITE_END()
