// What the tests of whole tokens share: good claims, and the verdict on a token.
#pragma once

#include "jose/samples.hpp"
#include "jose/verify.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include <chrono>
#include <string>
#include <string_view>

namespace gantry::jose {

/// Good until 2000 s.
inline const boost::json::object good{
  {"iss", "issuer"}, {"aud", "registry"}, {"exp", 2000}, {"sub", "me"}};
inline constexpr std::string_view good_text =
  R"({"iss":"issuer","aud":"registry","exp":2000,"sub":"me"})";

inline outcome<claims> judged(std::string_view token, const key_set& trusted,
                              algorithm_set algorithms = algorithm_set::all()) {
  const expectations expected{
    {"issuer"}, {"registry"}, std::chrono::seconds{60}, at(std::chrono::seconds{1000})};
  auto result = accept(token, trusted, algorithms, expected);
  BOOST_TEST(::ERR_peek_error() == 0u, "errors of OpenSSL are left behind");
  return result;
}

inline std::string judge(std::string_view token, const key_set& trusted,
                         algorithm_set algorithms = algorithm_set::all()) {
  return verdict(judged(token, trusted, algorithms));
}

} // namespace gantry::jose
