// docs/control-api.yaml describes every operation outside of the distribution-spec, and no other.
#include "api/operations.hpp"

#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(control_api_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

/// `GET /health`; HEAD accompanies GET.
using lines = std::set<std::string>;

bool is_described(const api::operation& each) {
  const auto path = each.where.text();
  return !path.empty() && !path.starts_with("/v2/");
}

/// A placeholder as OpenAPI writes it: `{id}`.
std::string in_braces(std::string_view path) {
  std::string text{path};
  std::ranges::replace(text, '<', '{');
  std::ranges::replace(text, '>', '}');
  return text;
}

lines known_operations() {
  lines known;
  for (const auto& each : api::operations())
    for (const std::string method : {"DELETE", "GET", "PATCH", "POST", "PUT"})
      if (is_described(each) && api::is_allowed(each.methods, method))
        known.insert(method + ' ' + in_braces(each.where.text()));
  return known;
}

/// Reads the keys below `paths`: two spaces before a path, four before a method. The other tests of
/// the document parse it as YAML.
lines described_operations(const std::string& document) {
  lines described;
  std::istringstream in{document};
  std::string path;
  bool is_inside = false;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.front() != ' ')
      is_inside = line == "paths:";
    if (!is_inside || !line.ends_with(':'))
      continue;
    line.pop_back();
    if (line.starts_with("  /")) {
      path = line.substr(2);
    } else if (line.starts_with("    ") && line[4] != ' ') {
      auto method = line.substr(4);
      std::ranges::transform(method, method.begin(),
                             [](unsigned char c) { return std::toupper(c); });
      described.insert(method + ' ' + path);
    }
  }
  return described;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_operation_is_described_and_each_description_is_one) {
  const auto described = described_operations(
    read_text(std::filesystem::path{GANTRY_SOURCE_DIR} / "docs/control-api.yaml"));
  const auto known = known_operations();
  for (const auto& each : known)
    BOOST_TEST(described.contains(each), each << " is missing in docs/control-api.yaml");
  for (const auto& each : described)
    BOOST_TEST(known.contains(each), each << " is no operation");
}

BOOST_AUTO_TEST_CASE(the_reader_finds_paths_and_methods) {
  BOOST_TEST((described_operations("tags:\n  /no:\n    get:\npaths:\n  /a/{id}:\n    get:\n      "
                                   "tags:\n    delete:\nz:\n  /b:\n    get:\n") ==
              lines{"DELETE /a/{id}", "GET /a/{id}"}));
}

BOOST_AUTO_TEST_SUITE_END()
