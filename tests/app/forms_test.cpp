// Forms of settings that a layer above `config` knows.
#include "app/forms.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace gantry;
using namespace gantry::app;

BOOST_AUTO_TEST_SUITE(forms)

BOOST_AUTO_TEST_CASE(forms_are_judged_by_their_readers) {
  BOOST_CHECK_NO_THROW(judge_form(config::form::address, "127.0.0.1:0"));
  BOOST_CHECK_NO_THROW(judge_form(config::form::host, "registry.example"));
  BOOST_CHECK_NO_THROW(judge_form(config::form::origin, "http://localhost:3000"));
  BOOST_CHECK_NO_THROW(judge_form(config::form::origin, "*"));
  BOOST_CHECK_NO_THROW(judge_form(config::form::target, "https://a:b@listener.example/event"));
  BOOST_CHECK_THROW(judge_form(config::form::target, "listener.example"), std::invalid_argument);
  BOOST_CHECK_THROW(judge_form(config::form::address, "*:0"), std::invalid_argument);
  BOOST_CHECK_THROW(judge_form(config::form::host, "a:80"), std::invalid_argument);
  BOOST_CHECK_THROW(judge_form(config::form::origin, "localhost"), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
