// Positions in lists that clients cannot read.
#include "api/sealed_position.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using api::opened_position;

BOOST_AUTO_TEST_SUITE(sealed_position)

BOOST_AUTO_TEST_CASE(a_sealed_position_can_be_opened_again_and_not_read) {
  const gantry::text_seal seal;
  for (const std::string position : {"", "a", "7 secret/app", "~x", "ends with a space "}) {
    const auto sealed = api::sealed_position(seal, "list", position);
    BOOST_TEST(api::looks_sealed(sealed));
    BOOST_TEST(sealed.find("secret") == std::string::npos);
    BOOST_TEST(opened_position(seal, "list", sealed).value() == position);
  }
}

BOOST_AUTO_TEST_CASE(the_length_tells_nothing) {
  const gantry::text_seal seal;
  const auto length = [&](std::size_t bytes) {
    return api::sealed_position(seal, "list", std::string(bytes, 'x')).size();
  };
  BOOST_TEST(length(0) == length(api::longest_position));
  BOOST_TEST(length(0) == api::sealed_position(seal, "another list", "x").size());
  const std::string longer(api::longest_position + 100, 'x');
  BOOST_TEST(opened_position(seal, "list", api::sealed_position(seal, "list", longer)).value() ==
             longer);
}

BOOST_AUTO_TEST_CASE(what_was_not_sealed_is_as_it_is) {
  const gantry::text_seal seal;
  for (const std::string last : {"", "team/app", "7 team/app"})
    BOOST_TEST(opened_position(seal, "list", last).value() == last);
}

BOOST_AUTO_TEST_CASE(what_this_list_has_not_sealed_is_refused_as_it_came) {
  const gantry::text_seal seal;
  const gantry::text_seal other;
  const auto of_another_list = api::sealed_position(seal, "lists", "a");
  const auto of_another_server = api::sealed_position(other, "list", "a");
  for (const std::string& last : {std::string{"~"}, std::string{"~nonsense"}, of_another_list,
                                  of_another_server, of_another_server.substr(0, 9)}) {
    const auto refused = opened_position(seal, "list", last);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == errc::pagination_invalid));
    BOOST_TEST(refused.error().detail == last);
  }
}

BOOST_AUTO_TEST_SUITE_END()
