// The simulation finds each planted bug.
#include "simulation/planted_bugs.hpp"

#include "simulation/campaign.hpp"
#include "simulation/silent_log.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace gantry::simulation;

namespace {

constexpr std::uint64_t at_most = 6000;

} // namespace

namespace gantry::simulation {

/// For the names of the tests.
std::ostream& operator<<(std::ostream& out, const planted_bug& bug) {
  return out << bug.name;
}

} // namespace gantry::simulation

BOOST_FIXTURE_TEST_SUITE(planted_bugs, silent_log)

BOOST_DATA_TEST_CASE(it_is_found, boost::unit_test::data::make(gantry::simulation::planted_bugs()),
                     bug) {
  totals sum;
  const auto found = search(
    1, [&] { return sum.histories < at_most; }, bug.planted, sum, bug.fits);
  BOOST_REQUIRE(found);
  BOOST_TEST_MESSAGE(bug.name << ": " << sum.histories << " histories, " << found->failure);
}

BOOST_AUTO_TEST_CASE(a_finding_is_made_shorter) {
  const auto bug = gantry::simulation::planted_bugs().front();
  totals sum;
  auto found = search(
    1, [&] { return sum.histories < at_most; }, bug.planted, sum);
  BOOST_REQUIRE(found);
  const auto before = found->told.operations.size();
  const auto shortest = shrink(*found, bug.planted);
  BOOST_TEST(shortest.told.operations.size() < before);
  BOOST_TEST(shortest.told.operations.size() < 12u);
  BOOST_TEST(run(shortest.told, bug.planted).failure.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
