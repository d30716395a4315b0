// Which traces are recorded.
#include "telemetry/sampler.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

using namespace gantry::telemetry;
using kind = gantry::telemetry::sampler::kind;

namespace {

const trace_parent sampled{make_trace_id(), make_span_id(), true};
const trace_parent unsampled{make_trace_id(), make_span_id(), false};

/// The id whose judged half is this number.
trace_id with(std::uint64_t number) {
  trace_id made;
  made.bytes.front() = 1;
  for (std::size_t i = made.bytes.size(); i-- > 8; number >>= 8)
    made.bytes[i] = static_cast<std::uint8_t>(number);
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sampler)

BOOST_AUTO_TEST_CASE(by_default_all_is_sampled_but_what_the_caller_leaves_out) {
  const gantry::telemetry::sampler usual;
  BOOST_TEST(usual.samples(with(0), nullptr));
  BOOST_TEST(usual.samples(sampled.trace, &sampled));
  BOOST_TEST(!usual.samples(unsampled.trace, &unsampled));
}

BOOST_AUTO_TEST_CASE(a_sampler_that_follows_the_caller_asks_itself_only_at_the_top) {
  const gantry::telemetry::sampler off{.own = kind::always_off};
  BOOST_TEST(!off.samples(with(0), nullptr));
  BOOST_TEST(off.samples(sampled.trace, &sampled));
}

BOOST_AUTO_TEST_CASE(one_that_does_not_follow_ignores_the_caller) {
  const gantry::telemetry::sampler on{.follows_parent = false};
  BOOST_TEST(on.samples(unsampled.trace, &unsampled));
  const gantry::telemetry::sampler off{.own = kind::always_off, .follows_parent = false};
  BOOST_TEST(!off.samples(sampled.trace, &sampled));
}

BOOST_AUTO_TEST_CASE(a_ratio_is_judged_by_the_last_half_of_the_id) {
  const gantry::telemetry::sampler quarter{.own = kind::ratio, .ratio = 0.25};
  BOOST_TEST(quarter.samples(with(0), nullptr));
  BOOST_TEST(quarter.samples(with(0x3fff'ffff'ffff'ffff), nullptr));
  BOOST_TEST(!quarter.samples(with(0x4000'0000'0000'0000), nullptr));
  BOOST_TEST(!quarter.samples(with(~std::uint64_t{0}), nullptr));
}

BOOST_AUTO_TEST_CASE(the_ends_of_a_ratio_mean_none_and_all) {
  const gantry::telemetry::sampler none{.own = kind::ratio, .ratio = 0};
  const gantry::telemetry::sampler all{.own = kind::ratio, .ratio = 1};
  BOOST_TEST(!none.samples(with(0), nullptr));
  BOOST_TEST(all.samples(with(~std::uint64_t{0}), nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
