// Duplicate names, and the cost of finding them.
#include "domain/name_set.hpp"

#include "support/colliding_names.hpp"
#include "support/counting_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

std::uint64_t fnv_1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

} // namespace

BOOST_AUTO_TEST_SUITE(name_set)

using gantry::name_set;

BOOST_AUTO_TEST_CASE(an_object_has_a_name_once) {
  name_set names;
  BOOST_TEST(names.insert(0, "a"));
  BOOST_TEST(names.insert(0, ""));
  BOOST_TEST(names.insert(1, "a"));
  BOOST_TEST(names.insert(0, "b"));
  BOOST_TEST(!names.insert(0, "a"));
  BOOST_TEST(!names.insert(0, ""));
  BOOST_TEST(!names.insert(1, "a"));
  BOOST_TEST(names.size() == 4U);
}

BOOST_AUTO_TEST_CASE(names_are_found_again_after_it_has_grown) {
  name_set names;
  for (int i = 0; i < 100'000; ++i)
    BOOST_REQUIRE(names.insert(7, std::to_string(i)));
  for (int i = 0; i < 100'000; ++i)
    BOOST_REQUIRE(!names.insert(7, std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(names_that_collide_elsewhere_cost_no_more) {
  name_set names;
  const auto chosen = gantry::test::colliding_names(30'000);
  for (const auto& name : chosen) {
    BOOST_REQUIRE(fnv_1a(name) == fnv_1a(chosen.front()));
    BOOST_REQUIRE(names.insert(0, name));
  }
  BOOST_TEST(names.probes() < 8 * chosen.size());
}

BOOST_AUTO_TEST_CASE(one_name_in_many_objects_costs_no_more) {
  name_set names;
  constexpr std::uint64_t objects = 200'000;
  for (std::uint64_t object = 0; object < objects; ++object)
    BOOST_REQUIRE(names.insert(object, "a") && names.insert(object, "b"));
  BOOST_TEST(names.probes() < 8 * 2 * objects);
}

BOOST_AUTO_TEST_CASE(a_name_takes_few_bytes_however_long_it_is) {
  gantry::test::counting_memory memory;
  name_set names{&memory};
  const std::string padding(100, 'x');
  for (int i = 0; i < 300'000; ++i)
    names.insert(0, padding + std::to_string(i));
  BOOST_TEST(memory.now() <= names.size() * 22);
  BOOST_TEST(memory.peak() <= names.size() * 33);
}

BOOST_AUTO_TEST_SUITE_END()
