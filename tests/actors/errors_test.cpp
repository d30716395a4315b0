#include "actors/errors.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(an_error_crosses_the_bridge_whole) {
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const error sent{static_cast<errc>(code), "detail", {"second", "third"}};
    BOOST_TEST((from_caf(to_caf(sent)) == sent), "code " << code);
  }
}

BOOST_AUTO_TEST_CASE(an_expired_request_is_timed_out) {
  BOOST_CHECK(from_caf(caf::make_error(caf::sec::request_timeout)).code == errc::timed_out);
}

BOOST_AUTO_TEST_CASE(a_dead_receiver_is_unavailable) {
  const auto down = caf::make_error(caf::sec::request_receiver_down);
  const auto ended = caf::make_error(caf::exit_reason::user_shutdown);
  BOOST_CHECK(is_receiver_gone(down));
  BOOST_CHECK(is_receiver_gone(ended));
  BOOST_CHECK(from_caf(down).code == errc::unavailable);
  BOOST_CHECK(from_caf(ended).code == errc::unavailable);
}

BOOST_AUTO_TEST_CASE(texts_of_caf_errors_never_reach_a_client) {
  const auto failure = from_caf(caf::make_error(caf::sec::unexpected_message, "/etc/passwd"));
  BOOST_CHECK(failure.code == errc::internal);
  BOOST_TEST(failure.detail.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_not_a_dead_receiver) {
  BOOST_CHECK(!is_receiver_gone(to_caf(fail(errc::unavailable))));
}

BOOST_AUTO_TEST_SUITE_END()
