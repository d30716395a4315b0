// The state machine of one upload.
#include "domain/upload.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <ostream>

using gantry::byte_range;
using gantry::chunk_announcement;
using gantry::chunk_grant;
using gantry::errc;
using gantry::upload_progress;

namespace gantry {

std::ostream& boost_test_print_type(std::ostream& out, chunk_grant grant) {
  return out << (grant == chunk_grant::append ? "append" : "replay");
}

} // namespace gantry

namespace {

chunk_announcement ranged(std::uint64_t first, std::uint64_t last) {
  return {byte_range{first, last}, last - first + 1, false};
}

/// A chunk as it goes well.
void take(upload_progress& upload, const chunk_announcement& chunk, std::uint64_t bytes) {
  BOOST_REQUIRE(upload.begin(chunk).has_value());
  BOOST_REQUIRE(upload.append(bytes).has_value());
  BOOST_REQUIRE(upload.end(true).has_value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(upload)

// cases 96, 97
BOOST_AUTO_TEST_CASE(streamed_chunks_of_any_length_append) {
  upload_progress upload;
  BOOST_TEST(upload.begin({}).value() == chunk_grant::append);
  BOOST_TEST(upload.append(3).has_value());
  BOOST_TEST(upload.append(4).has_value());
  BOOST_TEST(upload.end(true).has_value());
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
BOOST_AUTO_TEST_CASE(a_gap_is_refused_and_the_upload_stays_as_it_was) {
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
BOOST_AUTO_TEST_CASE(the_last_chunk_can_be_replayed_but_no_older_one) {
  upload_progress upload;
  take(upload, ranged(0, 4), 5);
  take(upload, ranged(5, 9), 5);
  BOOST_TEST(upload.begin(ranged(5, 9)).value() == chunk_grant::replay);
  BOOST_TEST(upload.append(5).has_value());
  BOOST_TEST(upload.end(true).has_value());
  BOOST_TEST(upload.offset() == 10u);
  BOOST_TEST(upload.begin(ranged(5, 9)).value() == chunk_grant::replay);
  BOOST_TEST(upload.end(false).has_value());
  BOOST_TEST(upload.begin(ranged(0, 4)).error().code == errc::chunk_out_of_order);
  take(upload, ranged(10, 10), 1);
}

BOOST_AUTO_TEST_CASE(a_chunk_ahead_of_a_streamed_one_cannot_be_replayed) {
  upload_progress upload;
  take(upload, ranged(0, 4), 5);
  take(upload, {}, 5);
  BOOST_TEST(upload.begin(ranged(0, 4)).error().code == errc::chunk_out_of_order);
}

BOOST_AUTO_TEST_CASE(a_replay_has_the_length_of_its_range) {
  upload_progress upload;
  take(upload, ranged(0, 4), 5);
  BOOST_TEST(upload.begin({byte_range{0, 4}, 4, false}).error().code == errc::size_invalid);
  BOOST_TEST(upload.begin({byte_range{0, 4}, {}, false}).value() == chunk_grant::replay);
  BOOST_TEST(upload.append(6).error().code == errc::size_invalid);
  BOOST_TEST(upload.offset() == 5u);
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
  BOOST_REQUIRE(upload.begin({byte_range{0, 4}, {}, false}).has_value());
  BOOST_TEST(upload.append(5).has_value());
  BOOST_TEST(upload.append(1).error().code == errc::size_invalid);
  BOOST_TEST(upload.end(false).has_value());
  BOOST_TEST(upload.offset() == 5u);
  BOOST_REQUIRE(upload.begin({byte_range{5, 9}, {}, false}).has_value());
  BOOST_TEST(upload.append(3).has_value());
  BOOST_TEST(upload.end(true).error().code == errc::size_invalid);
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
  BOOST_TEST(upload.begin(ranged(0, 4)).value() == chunk_grant::replay);
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
BOOST_AUTO_TEST_CASE(what_came_ahead_of_a_broken_connection_stays) {
  upload_progress upload;
  BOOST_REQUIRE(upload.begin(ranged(0, 9)).has_value());
  BOOST_TEST(upload.append(4).has_value());
  BOOST_TEST(upload.end(false).has_value());
  BOOST_TEST(upload.offset() == 4u);
  BOOST_TEST(upload.begin(ranged(0, 9)).error().code == errc::chunk_out_of_order);
  take(upload, ranged(4, 9), 6);
  BOOST_TEST(upload.offset() == 10u);
}

// case 113
BOOST_AUTO_TEST_CASE(one_chunk_is_open_at_a_time) {
  upload_progress upload;
  BOOST_REQUIRE(upload.begin(ranged(0, 4)).has_value());
  BOOST_TEST(upload.busy());
  BOOST_TEST(upload.begin(ranged(0, 4)).error().code == errc::upload_busy);
  BOOST_TEST(upload.begin({}).error().code == errc::upload_busy);
  BOOST_TEST(upload.append(5).has_value());
  BOOST_TEST(upload.end(true).has_value());
  BOOST_TEST(!upload.busy());
}

// case 116
BOOST_AUTO_TEST_CASE(the_size_limit_counts_all_chunks) {
  upload_progress upload{{.max_size = 10, .min_chunk = 0}};
  BOOST_TEST(upload.begin({{}, 11, false}).error().code == errc::payload_too_large);
  BOOST_TEST(upload.begin(ranged(0, 10)).error().code == errc::payload_too_large);
  take(upload, {{}, 6, false}, 6);
  BOOST_TEST(upload.begin({{}, 5, false}).error().code == errc::payload_too_large);
  BOOST_REQUIRE(upload.begin({}).has_value());
  BOOST_TEST(upload.append(5).error().code == errc::payload_too_large);
  BOOST_TEST(upload.append(4).has_value());
  BOOST_TEST(upload.append(1).error().code == errc::payload_too_large);
  BOOST_TEST(upload.end(false).has_value());
  BOOST_TEST(upload.offset() == 10u);
}

// case 116
BOOST_AUTO_TEST_CASE(the_full_upload_can_replay_its_last_chunk) {
  upload_progress upload{{.max_size = 10, .min_chunk = 0}};
  take(upload, ranged(0, 9), 10);
  BOOST_TEST(upload.begin(ranged(0, 9)).value() == chunk_grant::replay);
  BOOST_TEST(upload.append(10).has_value());
  BOOST_TEST(upload.end(true).has_value());
}

// case 117
BOOST_AUTO_TEST_CASE(only_the_last_ranged_chunk_may_be_small) {
  upload_progress upload{{.max_size = 0, .min_chunk = 5}};
  take(upload, ranged(0, 4), 5);
  take(upload, ranged(5, 5), 1);
  BOOST_TEST(upload.begin(ranged(6, 10)).error().code == errc::chunk_too_small);
  // It may come again, and an upload may end behind it.
  take(upload, ranged(5, 5), 1);
  take(upload, {{}, 0, true}, 0);
  BOOST_TEST(upload.offset() == 6u);
}

BOOST_AUTO_TEST_CASE(lengths_near_the_greatest_number_do_not_wrap) {
  constexpr std::uint64_t huge = UINT64_MAX;
  upload_progress upload{{.max_size = 10, .min_chunk = 0}};
  take(upload, {{}, 5, false}, 5);
  BOOST_TEST(upload.begin({{}, huge, false}).error().code == errc::payload_too_large);
  BOOST_TEST(upload.begin(ranged(5, huge - 1)).error().code == errc::payload_too_large);
  BOOST_REQUIRE(upload.begin({}).has_value());
  BOOST_TEST(upload.append(huge).error().code == errc::payload_too_large);
}

BOOST_AUTO_TEST_SUITE_END()
