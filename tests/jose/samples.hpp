// Keys and helpers that the tests of tokens share.
#pragma once

#include "jose/jwk_set.hpp"
#include "jose/refusal.hpp"
#include "support/token_maker.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace gantry::jose {

/// "accepted", or the name of the reason.
template <class T>
std::string verdict(const outcome<T>& judged) {
  return judged ? "accepted" : std::string{to_string(judged.error().why)};
}

/// The explanation of a refusal.
template <class T>
std::string detail(const outcome<T>& judged) {
  return judged ? "accepted" : judged.error().detail;
}

inline boost::json::object parsed(std::string_view text) {
  return boost::json::parse({text.data(), text.size()}).as_object();
}

inline public_key key_of(const boost::json::object& jwk) {
  return read_jwk(jwk).value().key;
}

/// A key per algorithm, the same for all cases, because RSA keys take long to make. Its `kid` is
/// the name of the algorithm.
inline const test::token_maker& issuer_with(const std::string& alg) {
  static std::map<std::string, test::token_maker> made;
  auto found = made.find(alg);
  if (found == made.end())
    found = made.emplace(alg, test::token_maker{alg, alg}).first;
  return found->second;
}

inline key_set trusting(const test::token_maker& issuer) {
  return read_jwk_set(issuer.jwk_set()).value().keys;
}

inline std::chrono::system_clock::time_point at(std::chrono::seconds since_1970) {
  return std::chrono::system_clock::time_point{since_1970};
}

} // namespace gantry::jose
