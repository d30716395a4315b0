#include "app/listen_address.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <stdexcept>

using namespace gantry::app;

namespace {

struct written {
  const char* text;
  const char* meant;

  friend std::ostream& operator<<(std::ostream& out, const written& row) { return out << row.text; }
};

const written good[] = {
  {"127.0.0.1:4775", "127.0.0.1:4775"},
  {"localhost:80", "127.0.0.1:80"},
  {"[::1]:0", "[::1]:0"},
  {":5000", "0.0.0.0:5000"},
  {"0.0.0.0:65535", "0.0.0.0:65535"},
};

const char* const bad[] = {
  "",         "4775",          "127.0.0.1",   "127.0.0.1:",   "127.0.0.1:65536", "127.0.0.1:-1",
  "::1:4775", "[127.0.0.1]:1", "127.0.0.1:x", "127.0.0.1:1 ", "nowhere:1",       "[]:1",
};

} // namespace

BOOST_AUTO_TEST_SUITE(listen_address)

BOOST_DATA_TEST_CASE(addresses_are_read_as_people_write_them, boost::unit_test::data::make(good)) {
  BOOST_TEST(to_string(parse_listen_address(sample.text)) == sample.meant);
}

BOOST_DATA_TEST_CASE(what_is_no_address_is_refused_by_its_name, boost::unit_test::data::make(bad)) {
  const std::string text = sample;
  BOOST_CHECK_EXCEPTION(parse_listen_address(text), std::invalid_argument,
                        [&](const std::invalid_argument& wrong) {
                          return std::string{wrong.what()}.starts_with("'" + text + "'");
                        });
}

BOOST_AUTO_TEST_SUITE_END()
