// The state machine of one upload.
#include "domain/upload.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

using gantry::byte_range;
using gantry::chunk_announcement;
using gantry::errc;
using gantry::upload_progress;

namespace {

chunk_announcement ranged(std::uint64_t first, std::uint64_t last) {
  return {byte_range{first, last}, last - first + 1, false};
}

/// A chunk without errors.
void take(upload_progress& upload, const chunk_announcement& chunk, std::uint64_t bytes) {
  const auto number = upload.begin(chunk);
  BOOST_REQUIRE(number.has_value());
  BOOST_REQUIRE(upload.append(*number, bytes).has_value());
  BOOST_REQUIRE(upload.end(*number, true).has_value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(upload)

// cases 96, 97
BOOST_AUTO_TEST_CASE(streamed_chunks_of_any_length_append) {
  upload_progress upload;
  const auto number = upload.begin({}).value();
  BOOST_TEST(upload.append(number, 3).has_value());
  BOOST_TEST(upload.append(number, 4).has_value());
  BOOST_TEST(upload.end(number, true).has_value());
  take(upload, {}, 5);
  BOOST_TEST(upload.offset() == 12u);
}

// case 98
BOOST_AUTO_TEST_CASE(ranged_chunks_follow_each_other) {
  upload_progress upload;
  take(upload, ranged(0, 4), 5);
  BOOST_TEST(upload.offset() == 5u);
  take(upload, ranged(5, 9), 5);
  BOOST_TEST(upload.offset() == 10u);
}

// cases 99, 103
BOOST_AUTO_TEST_CASE(a_gap_is_refused_and_leaves_the_upload_unchanged) {
  upload_progress upload;
  BOOST_TEST(upload.begin(ranged(3, 22)).error().code == errc::chunk_out_of_order);
  take(upload, ranged(0, 4), 5);
  BOOST_TEST(upload.begin(ranged(10, 14)).error().code == errc::chunk_out_of_order);
  BOOST_TEST(!upload.busy());
  BOOST_TEST(upload.offset() == 5u);
  take(upload, ranged(5, 9), 5);
}

// case 100
BOOST_AUTO_TEST_CASE(an_overlap_is_refused) {
  upload_progress upload;
  take(upload, ranged(0, 9), 10);
  for (const auto& chunk : {ranged(5, 14), ranged(0, 4), ranged(0, 10), ranged(1, 9)})
    BOOST_TEST(upload.begin(chunk).error().code == errc::chunk_out_of_order);
}

// case 100
BOOST_AUTO_TEST_CASE(a_repeated_chunk_is_out_of_order) {
  upload_progress upload;
  take(upload, ranged(0, 4), 5);
  BOOST_TEST(upload.begin(ranged(0, 4)).error().code == errc::chunk_out_of_order);
  take(upload, ranged(5, 9), 5);
  BOOST_TEST(upload.begin(ranged(5, 9)).error().code == errc::chunk_out_of_order);
  BOOST_TEST(upload.begin({byte_range{5, 9}, 5, true}).error().code == errc::chunk_out_of_order);
  BOOST_TEST(upload.offset() == 10u);
}

// case 102
BOOST_AUTO_TEST_CASE(a_content_length_that_differs_from_the_range_is_refused) {
  upload_progress upload;
  for (const std::uint64_t length : {0, 20, 22})
    BOOST_TEST(upload.begin({byte_range{0, 20}, length, false}).error().code == errc::size_invalid);
  BOOST_TEST(!upload.busy());
}

// case 102
BOOST_AUTO_TEST_CASE(a_body_without_a_length_must_fill_its_range) {
  upload_progress upload;
  const auto first = upload.begin({byte_range{0, 4}, {}, false}).value();
  BOOST_TEST(upload.append(first, 5).has_value());
  BOOST_TEST(upload.append(first, 1).error().code == errc::size_invalid);
  BOOST_TEST(upload.end(first, false).has_value());
  BOOST_TEST(upload.offset() == 5u);
  const auto second = upload.begin({byte_range{5, 9}, {}, false}).value();
  BOOST_TEST(upload.append(second, 3).has_value());
  BOOST_TEST(upload.end(second, true).error().code == errc::size_invalid);
  BOOST_TEST(upload.offset() == 8u);
}

// case 105
BOOST_AUTO_TEST_CASE(an_empty_chunk_changes_nothing) {
  upload_progress upload;
  take(upload, {{}, 0, false}, 0);
  BOOST_TEST(upload.offset() == 0u);
  take(upload, ranged(0, 4), 5);
  take(upload, {{}, 0, false}, 0);
  BOOST_TEST(upload.offset() == 5u);
}

// cases 106, 107
BOOST_AUTO_TEST_CASE(a_final_chunk_obeys_the_order_and_may_be_empty) {
  upload_progress upload;
  take(upload, ranged(0, 4), 5);
  BOOST_TEST(upload.begin({byte_range{6, 9}, 4, true}).error().code == errc::chunk_out_of_order);
  take(upload, {byte_range{5, 9}, 5, true}, 5);
  take(upload, {{}, 0, true}, 0);
  BOOST_TEST(upload.offset() == 10u);
}

// case 112
BOOST_AUTO_TEST_CASE(bytes_before_a_broken_connection_are_kept) {
  upload_progress upload;
  const auto number = upload.begin(ranged(0, 9)).value();
  BOOST_TEST(upload.append(number, 4).has_value());
  BOOST_TEST(upload.end(number, false).has_value());
  BOOST_TEST(upload.offset() == 4u);
  BOOST_TEST(upload.begin(ranged(0, 9)).error().code == errc::chunk_out_of_order);
  take(upload, ranged(4, 9), 6);
  BOOST_TEST(upload.offset() == 10u);
}

// case 113
BOOST_AUTO_TEST_CASE(one_chunk_is_open_at_a_time) {
  upload_progress upload;
  const auto number = upload.begin(ranged(0, 4)).value();
  BOOST_TEST(upload.busy());
  BOOST_TEST(upload.begin(ranged(0, 4)).error().code == errc::upload_busy);
  BOOST_TEST(upload.begin({}).error().code == errc::upload_busy);
  BOOST_TEST(upload.append(number, 5).has_value());
  BOOST_TEST(upload.end(number, true).has_value());
  BOOST_TEST(!upload.busy());
}

BOOST_AUTO_TEST_CASE(only_a_chunk_that_starts_at_the_offset_replaces_another) {
  upload_progress upload;
  const auto old = upload.begin(ranged(0, 9)).value();
  BOOST_TEST(upload.append(old, 4).has_value());
  BOOST_TEST(upload.begin({}, true).error().code == errc::upload_busy);
  BOOST_TEST(upload.begin(ranged(0, 9), true).error().code == errc::upload_busy);
  BOOST_TEST(upload.begin(ranged(4, 9), false).error().code == errc::upload_busy);
  BOOST_TEST(upload.begin({byte_range{4, 9}, 7, false}, true).error().code == errc::size_invalid);
  BOOST_TEST(upload.append(old, 1).has_value()); // still open
  const auto next = upload.begin(ranged(5, 9), true).value();
  BOOST_TEST(upload.append(old, 1).error().code == errc::upload_busy);
  BOOST_TEST(upload.end(old, true).error().code == errc::upload_busy);
  BOOST_TEST(upload.append(next, 5).has_value());
  BOOST_TEST(upload.end(next, true).has_value());
  BOOST_TEST(upload.append(next, 1).error().code == errc::upload_busy);
  BOOST_TEST(upload.offset() == 10u);
}

// case 116
BOOST_AUTO_TEST_CASE(the_size_limit_counts_all_chunks) {
  upload_progress upload{{.max_size = 10, .min_chunk = 0}};
  BOOST_TEST(upload.begin({{}, 11, false}).error().code == errc::payload_too_large);
  BOOST_TEST(upload.begin(ranged(0, 10)).error().code == errc::payload_too_large);
  take(upload, {{}, 6, false}, 6);
  BOOST_TEST(upload.begin({{}, 5, false}).error().code == errc::payload_too_large);
  const auto number = upload.begin({}).value();
  BOOST_TEST(upload.append(number, 5).error().code == errc::payload_too_large);
  BOOST_TEST(upload.append(number, 4).has_value());
  BOOST_TEST(upload.append(number, 1).error().code == errc::payload_too_large);
  BOOST_TEST(upload.end(number, false).has_value());
  BOOST_TEST(upload.offset() == 10u);
}

// case 117
BOOST_AUTO_TEST_CASE(only_the_last_ranged_chunk_may_be_small) {
  upload_progress upload{{.max_size = 0, .min_chunk = 5}};
  take(upload, ranged(0, 4), 5);
  take(upload, ranged(5, 5), 1);
  BOOST_TEST(upload.begin(ranged(6, 10)).error().code == errc::chunk_too_small);
  // An upload may end after it.
  take(upload, {{}, 0, true}, 0);
  BOOST_TEST(upload.offset() == 6u);
}

BOOST_AUTO_TEST_CASE(lengths_near_the_greatest_number_do_not_overflow) {
  constexpr std::uint64_t huge = UINT64_MAX;
  upload_progress upload{{.max_size = 10, .min_chunk = 0}};
  take(upload, {{}, 5, false}, 5);
  BOOST_TEST(upload.begin({{}, huge, false}).error().code == errc::payload_too_large);
  BOOST_TEST(upload.begin(ranged(5, huge - 1)).error().code == errc::payload_too_large);
  const auto number = upload.begin({}).value();
  BOOST_TEST(upload.append(number, huge).error().code == errc::payload_too_large);
}

BOOST_AUTO_TEST_CASE(the_offset_is_reported_in_the_format_of_clients) {
  BOOST_TEST(gantry::upload_range(0) == "0-0"); // cases 86, 108
  BOOST_TEST(gantry::upload_range(1) == "0-0");
  BOOST_TEST(gantry::upload_range(5) == "0-4"); // case 96
}

BOOST_AUTO_TEST_SUITE_END()
