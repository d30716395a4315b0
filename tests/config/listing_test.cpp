// Effective settings as text.
#include "config/listing.hpp"

#include "config/environment.hpp"
#include "config/file.hpp"
#include "config/table.hpp"
#include "config/variables.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>
#include <string>

using namespace gantry::config;

namespace {

constexpr auto lines = R"(version: 0.1
storage:
  filesystem: {rootdirectory: "${FOLDER}"}
http:
  addr: [":5000"]
  headers: {X-A: "it's"}
)";

const char* const process_variables[] = {"FOLDER=/secret", "REGISTRY_HTTP_PREFIX=/p",
                                         "REGISTRY_GANTRY_CORS_ORIGINS=", nullptr};

outcome effective() {
  gantry::config::draft made;
  read_file(made, "c.yml", lines, gantry::config::environment{process_variables});
  read_variables(made, gantry::config::environment{process_variables});
  made.set(*find_key("catalog.maxentries"), "7", source::command_line);
  return made.finish();
}

/// Without comments, spaces at the end of a line, and empty lines.
std::string values_of(const std::string& text) {
  std::istringstream input{text};
  std::string kept;
  for (std::string line; std::getline(input, line);) {
    line.erase(std::min(line.find("# "), line.size()));
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty())
      kept += line + "\n";
  }
  return kept;
}

} // namespace

BOOST_AUTO_TEST_SUITE(listing)

BOOST_AUTO_TEST_CASE(given_values_form_a_file_of_their_own_with_their_sources) {
  const auto text = render(effective());
  BOOST_TEST(values_of(text) == R"(version: 0.1
catalog:
  maxentries: 7
gantry:
  cors:
    origins: []
http:
  addr:
    - ':5000'
  headers:
    X-A: 'it''s'
  prefix: /p
storage:
  delete:
    enabled: false
  filesystem:
    rootdirectory: '${FOLDER}'
  maintenance:
    uploadpurging:
      age: 7d
)");
  for (const auto* part :
       {"maxentries: 7                                 # --page-max\n", "# c.yml:5\n",
        "# REGISTRY_HTTP_PREFIX\n", "# default of a configuration file\n",
        "# gantry.threads: one per core                  # default\n"})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(what_may_be_secret_is_not_shown) {
  BOOST_TEST(render(effective()).find("/secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_listing_read_again_has_the_same_effect) {
  const auto first = effective();
  gantry::config::draft made;
  read_file(made, "again.yml", render(first), gantry::config::environment{process_variables});
  const auto second = made.finish();
  BOOST_CHECK(*first.chosen == *second.chosen);
}

BOOST_AUTO_TEST_CASE(a_listing_of_defaults_changes_nothing) {
  gantry::config::draft untouched;
  const auto text = render(untouched.finish());
  BOOST_TEST(values_of(text) == "version: 0.1\n");
}

BOOST_AUTO_TEST_SUITE_END()
