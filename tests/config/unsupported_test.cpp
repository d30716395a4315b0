// Settings that only docker's registry has.
#include "config/unsupported.hpp"

#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>

using namespace gantry::config;

BOOST_AUTO_TEST_SUITE(unsupported)

BOOST_AUTO_TEST_CASE(settings_of_distribution_are_known_alone_and_by_their_section) {
  for (const std::string_view variable :
       {"REGISTRY_AUTH_SILLY", "REGISTRY_HTTP_HTTP2_DISABLED", "REGISTRY_HTTP_SECRET",
        "REGISTRY_PROXY_REMOTEURL", "REGISTRY_STORAGE_S3_BUCKET",
        "REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS"})
    BOOST_TEST(find_unsupported_variable(variable) != nullptr, variable);
  for (const std::string_view key : {"auth.silly", "redis", "storage.s3.bucket"})
    BOOST_TEST(find_unsupported(key) != nullptr, key);
}

BOOST_AUTO_TEST_CASE(variables_of_other_programs_are_not) {
  // A service called "registry" brings such ones.
  for (const std::string_view variable :
       {"REGISTRY_PORT", "REGISTRY_SERVICE_HOST", "REGISTRY_PORT_5000_TCP", "REGISTRY_URL",
        "REGISTRY_AUTHOR", "REGISTRY_AUTH_FILE", "REGISTRY_LOGO", "REGISTRY_", "HOME"})
    BOOST_TEST(!find_unsupported_variable(variable), variable);
  for (const std::string_view key : {"auth", "storage", "storage.s4", "logo"})
    BOOST_TEST(!find_unsupported(key), key);
}

BOOST_AUTO_TEST_CASE(the_texts_name_only_keys_of_the_table) {
  for (const auto& each : all_unsupported()) {
    const auto begin = std::min(each.instead.find("gantry."), each.instead.find("storage."));
    if (begin == std::string_view::npos)
      continue;
    const auto named = each.instead.substr(begin, each.instead.find(' ', begin) - begin);
    BOOST_TEST(find_key(named) != nullptr, named);
  }
}

BOOST_AUTO_TEST_SUITE_END()
