#include "bench/tally.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace bench = gantry::bench;
using bench::operation;
using std::chrono::microseconds;

BOOST_AUTO_TEST_SUITE(tally)

BOOST_AUTO_TEST_CASE(each_operation_has_a_unique_name) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < bench::operation_count; ++i)
    names.insert(to_string(static_cast<operation>(i)));
  BOOST_TEST(names.size() == bench::operation_count);
  BOOST_TEST(names.count("?") == 0u);
}

BOOST_AUTO_TEST_CASE(merging_adds_up_everything) {
  bench::tally one;
  one.succeeded(operation::head_blob, microseconds{100});
  one.failed(operation::head_blob, "status_500");
  one.moved(10);
  bench::tally other;
  other.succeeded(operation::head_blob, microseconds{300});
  other.failed(operation::head_blob, "status_500");
  other.failed(operation::put_manifest, "timed_out");
  other.moved(5);
  one.merge(other);
  BOOST_TEST(one.bytes() == 15u);
  BOOST_TEST(one.of(operation::head_blob).latency.count() == 2u);
  BOOST_TEST(one.of(operation::head_blob).latency.max().count() == 300);
  BOOST_TEST(one.of(operation::head_blob).errors.at("status_500") == 2u);
  BOOST_TEST(one.of(operation::put_manifest).errors.at("timed_out") == 1u);
}

BOOST_AUTO_TEST_CASE(a_failed_image_is_not_a_separate_error) {
  bench::tally figures;
  figures.failed(operation::finish_upload, "reset");
  figures.failed(operation::image, "failed");
  BOOST_TEST(figures.error_count() == 1u);
  BOOST_TEST(figures.of(operation::image).error_count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
