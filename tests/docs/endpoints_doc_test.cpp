// The table of endpoints in README.md is complete, and its methods are those of the routes.
#include "api/api_request.hpp"
#include "api/mode.hpp"
#include "api/operations.hpp"

#include "docs/markdown.hpp"
#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(endpoints_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

std::vector<table_row> documented_endpoints() {
  const auto readme = std::filesystem::path{GANTRY_SOURCE_DIR} / "README.md";
  return table_below(read_text(readme), "## Endpoints");
}

/// The path of the README with something in the place of its placeholders.
std::string concrete(std::string path) {
  const std::pair<std::string_view, std::string> placeholders[] = {
    {"<name>", "library/hello-world"},
    {"<reference>", "latest"},
    {"<digest>", digest::of("x").to_string()},
    {"<id>", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"},
  };
  for (const auto& [text, value] : placeholders)
    if (const auto at = path.find(text); at != std::string::npos)
      path.replace(at, text.size(), value);
  return path;
}

/// Of a list such as "GET, HEAD".
std::vector<std::string> words_of(const std::string& list) {
  std::istringstream words{list};
  std::vector<std::string> found;
  for (std::string word; words >> word;) {
    if (word.back() == ',')
      word.pop_back();
    found.push_back(word);
  }
  return found;
}

} // namespace

BOOST_AUTO_TEST_CASE(methods_are_those_of_the_route) {
  for (const auto& row : documented_endpoints()) {
    BOOST_TEST_CONTEXT(row.front()) {
      const auto path = code_spans(row.at(0)).at(0);
      const auto request = api::parse_request("OPTIONS", concrete(path), {}).value();
      BOOST_TEST(std::get<api::list_methods>(request).allow == row.at(1));
      BOOST_TEST(api::match_route(concrete(path)).has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(every_route_is_there) {
  std::set<api::route> documented;
  for (const auto& row : documented_endpoints())
    if (const auto matched = api::match_route(concrete(code_spans(row.at(0)).at(0))))
      documented.insert(matched->where);
  for (const auto& row : api::operations())
    if (row.where != api::route{})
      BOOST_TEST(documented.count(row.where) == 1, row.name);
}

// case 118
BOOST_AUTO_TEST_CASE(what_changes_content_is_refused_in_read_only_mode) {
  api::options mode;
  mode.read_only = true;
  for (const auto& row : documented_endpoints()) {
    const auto path = concrete(code_spans(row.at(0)).at(0));
    // Maintenance is not content.
    if (!path.starts_with("/v2/"))
      continue;
    for (const auto& method : words_of(row.at(1))) {
      const auto request = api::parse_request(method, path, {}).value();
      const bool reads = method == "GET" || method == "HEAD";
      BOOST_TEST(api::refuse_by_mode(api::operation_of(request), mode).has_value() != reads,
                 method << ' ' << path);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
