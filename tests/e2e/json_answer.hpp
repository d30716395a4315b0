// Answers in JSON.
#pragma once

#include "support/http_client.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace gantry::test {

inline boost::json::object object_of(const http_response& response) {
  BOOST_TEST(response.header("Content-Type") == "application/json");
  return boost::json::parse(response.body).as_object();
}

} // namespace gantry::test
