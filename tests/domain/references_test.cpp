// The lookups when a manifest is pushed: how many, and their result.
#include "domain/references.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using policy = validation_policy::references;

namespace {

digest id_of(std::size_t number) {
  return digest::of("content " + std::to_string(number));
}

std::string descriptor_text(std::string_view type, std::size_t number, std::uint64_t size) {
  return R"({"mediaType":")" + std::string{type} + R"(","digest":")" + id_of(number).to_string() +
         R"(","size":)" + std::to_string(size) + '}';
}

manifest_ptr parse(const std::string& text) {
  return std::make_shared<const manifest>(manifest::parse(text, {}).value());
}

/// An index of the children 0 … count - 1.
manifest_ptr index_of(std::size_t count) {
  std::string children;
  for (std::size_t i = 0; i < count; ++i)
    children += (i == 0 ? "" : ",") + descriptor_text(media_types::oci_manifest, i, 10);
  return parse(R"({"schemaVersion":2,"mediaType":")" + std::string{media_types::oci_index} +
               R"(","manifests":[)" + children + "]}");
}

/// An image whose config is 0, with the layers 1 … count - 1, each declared with 10 bytes.
manifest_ptr image_of(std::size_t count) {
  std::string layers;
  for (std::size_t i = 1; i < count; ++i)
    layers += (i == 1 ? "" : ",") + descriptor_text("application/octet-stream", i, 10);
  return parse(R"({"schemaVersion":2,"mediaType":")" + std::string{media_types::oci_manifest} +
               R"(","config":)" + descriptor_text(media_types::oci_config, 0, 10) +
               R"(,"layers":[)" + layers + "]}");
}

/// The contents of a repository, counting lookups.
struct shelf {
  std::map<digest, held_content> held;
  std::multiset<digest> asked;
  std::size_t longest = 0;

  result<missing_references> check(manifest_ptr value, policy wanted, bool sizes = true) {
    const manifest_write write{
      .value = std::move(value), .references = wanted, .check_sizes = sizes};
    return check_references(write, [this](auto ids, auto found) {
      longest = std::max(longest, ids.size());
      for (std::size_t i = 0; i < ids.size(); ++i) {
        asked.insert(ids[i]);
        if (const auto known = held.find(ids[i]); known != held.end())
          found[i] = known->second;
      }
    });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(references)

BOOST_AUTO_TEST_CASE(an_index_of_unknown_children_costs_a_bounded_number_of_lookups) {
  const auto value = index_of(20'000);
  for (const auto wanted : {policy::reject, policy::warn}) {
    shelf empty;
    const auto outcome = empty.check(value, wanted);
    BOOST_TEST(empty.asked.size() <= max_missing_named + max_looked_up);
    BOOST_TEST(empty.longest <= max_looked_up);
    if (wanted == policy::reject) {
      BOOST_REQUIRE(outcome.has_error());
      BOOST_TEST(outcome.error().further.size() == max_missing_named - 1);
    } else {
      BOOST_TEST(outcome.value().named.size() == max_missing_named);
      BOOST_TEST(outcome.value().stopped);
    }
  }
  shelf indifferent;
  BOOST_TEST(indifferent.check(value, policy::accept).value().named.empty());
  BOOST_TEST(indifferent.asked.empty());
}

BOOST_AUTO_TEST_CASE(each_digest_is_looked_up_once) {
  shelf full;
  for (std::size_t i = 0; i < 1'000; ++i)
    full.held[id_of(i)] = {.is_manifest = true, .blob_size = {}};
  const auto once = index_of(1'000);
  BOOST_TEST(full.check(once, policy::reject).value().named.empty());
  BOOST_TEST(full.asked.size() == 1'000U);
  BOOST_TEST(std::set<digest>(full.asked.begin(), full.asked.end()).size() == 1'000U);
}

BOOST_AUTO_TEST_CASE(exactly_the_maximum_of_missing_digests_does_not_stop_the_search) {
  shelf empty;
  const auto outcome = empty.check(index_of(max_missing_named), policy::warn);
  BOOST_TEST(outcome.value().named.size() == max_missing_named);
  BOOST_TEST(!outcome.value().stopped);
}

// case 141
BOOST_AUTO_TEST_CASE(a_wrong_size_is_found_in_the_same_pass) {
  for (const auto wanted : {policy::reject, policy::warn, policy::accept}) {
    shelf held;
    for (std::size_t i = 0; i < 3; ++i)
      held.held[id_of(i)] = {.is_manifest = false, .blob_size = i == 2 ? 11 : 10};
    const auto refused = held.check(image_of(3), wanted);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().code == errc::manifest_invalid);
    BOOST_TEST(refused.error().detail == id_of(2).to_string() + " has 11 bytes, not 10");
    BOOST_TEST(held.asked.size() == 3U);
    BOOST_TEST(held.check(image_of(3), wanted, false).value().named.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_child_may_be_a_blob_but_a_layer_must_not_be_a_manifest) {
  shelf held;
  held.held[id_of(0)] = {.is_manifest = false, .blob_size = 10};
  held.held[id_of(1)] = {.is_manifest = true, .blob_size = {}};
  BOOST_TEST(held.check(index_of(2), policy::reject).value().named.empty());
  const auto missing = held.check(image_of(2), policy::warn).value();
  BOOST_REQUIRE(missing.named.size() == 1U);
  BOOST_TEST(missing.named.front() == id_of(1));
}

BOOST_AUTO_TEST_SUITE_END()
