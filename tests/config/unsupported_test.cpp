// Settings that only docker's registry has.
#include "config/unsupported.hpp"

#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace gantry::config;

BOOST_AUTO_TEST_SUITE(unsupported)

BOOST_AUTO_TEST_CASE(settings_of_distribution_are_known_alone_and_by_their_section) {
  for (const std::string_view variable :
       {"REGISTRY_AUTH_SILLY", "REGISTRY_AUTH_TOKEN_REALM", "REGISTRY_HTTP_TLS_CERTIFICATE",
        "REGISTRY_HTTP_SECRET", "REGISTRY_LOG_HOOKS", "REGISTRY_PROXY_REMOTEURL",
        "REGISTRY_STORAGE_S3_BUCKET", "REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS",
        "REGISTRY_HTTP_HEADERS_X-Frame-Options"})
    BOOST_TEST(!instead_of(variable).empty(), variable);
}

BOOST_AUTO_TEST_CASE(variables_of_other_programs_are_not) {
  // A service called "registry" brings such ones.
  for (const std::string_view variable :
       {"REGISTRY_PORT", "REGISTRY_SERVICE_HOST", "REGISTRY_PORT_5000_TCP", "REGISTRY_URL",
        "REGISTRY_AUTHOR", "REGISTRY_AUTH_FILE", "REGISTRY_LOGO", "REGISTRY_"})
    BOOST_TEST(instead_of(variable).empty(), variable);
}

BOOST_AUTO_TEST_CASE(the_texts_name_only_variables_of_the_table) {
  constexpr std::string_view prefix = "REGISTRY_";
  for (const std::string_view variable :
       {"REGISTRY_HTTP_HEADERS_X", "REGISTRY_LOG_HOOKS", "REGISTRY_STORAGE_S3_BUCKET",
        "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_INTERVAL", "REGISTRY_VALIDATION_DISABLED"}) {
    const auto text = instead_of(variable);
    const auto begin = text.find(prefix);
    BOOST_REQUIRE(begin != std::string_view::npos);
    const auto named = text.substr(begin, text.find(' ', begin) - begin);
    BOOST_TEST(find_variable(named) != nullptr, named);
  }
}

BOOST_AUTO_TEST_SUITE_END()
