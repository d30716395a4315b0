// The names of the errors.
#include "domain/error.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(every_error_has_a_unique_name) {
  std::set<std::string> names;
  const auto last = static_cast<int>(gantry::last_errc);
  for (int code = 1; code <= last; ++code) {
    const std::string name{to_string(static_cast<gantry::errc>(code))};
    BOOST_TEST(name != "unknown");
    BOOST_TEST(names.insert(name).second, name << " is not the name of one error");
  }
  BOOST_TEST(to_string(static_cast<gantry::errc>(last + 1)) == "unknown");
}

BOOST_AUTO_TEST_CASE(fail_carries_code_and_detail) {
  const gantry::error failure = gantry::fail(gantry::errc::blob_unknown, "sha256:0");
  BOOST_TEST(failure.code == gantry::errc::blob_unknown);
  BOOST_TEST(failure.detail == "sha256:0");
  BOOST_TEST(failure.further.empty());
}

BOOST_AUTO_TEST_CASE(an_unchecked_failure_throws_its_name_and_detail) {
  const gantry::result<int> failed = gantry::fail(gantry::errc::tag_invalid, "-x");
  BOOST_CHECK_EXCEPTION(failed.value(), std::runtime_error, [](const std::runtime_error& thrown) {
    return std::string{thrown.what()} == "tag_invalid: -x";
  });
}

BOOST_AUTO_TEST_SUITE_END()
