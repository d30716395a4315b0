// Digests that were seen before, few and many.
#include "domain/seen_digests.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(seen_digests)

using gantry::digest;

BOOST_AUTO_TEST_CASE(each_digest_is_new_once) {
  std::vector<digest> many;
  for (int i = 0; i < 40; ++i) // more than are compared one by one
    many.push_back(digest::of(std::to_string(i)));
  gantry::seen_digests seen;
  for (std::size_t i = 0; i < many.size(); ++i) {
    BOOST_TEST_CONTEXT("after " << i << " others") {
      BOOST_TEST(seen.insert(many[i]));
      for (std::size_t earlier = 0; earlier <= i; ++earlier)
        BOOST_TEST(!seen.insert(many[earlier]));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
