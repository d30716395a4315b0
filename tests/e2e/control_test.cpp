// Who may steer the registry, and what others see of it: nothing.
#include "api/operations.hpp"
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry::test;

namespace {

struct uncontrolled_registry {
  running_registry server{
    [](auto& settings) { settings.api.steered_by = gantry::api::control::off; }};
  registry_client client{server};
};

/// A path per route that steers, each once; its placeholder becomes `last`.
std::set<std::string> steering_paths(std::string_view last) {
  std::set<std::string> paths;
  for (const auto& row : gantry::api::operations()) {
    if (row.does != gantry::api::effect::steers)
      continue;
    std::string path{row.where.text()};
    if (const auto open = path.find('<'); open != std::string::npos)
      path.replace(open, std::string::npos, last);
    paths.insert(std::move(path));
  }
  return paths;
}

/// A path of the same length that has never been a route.
std::string unknown_like(std::string path) {
  std::ranges::fill(path.begin() + 3, path.end(), 'x');
  return path;
}

/// All that a client sees, with `path` replaced and without what differs between any two answers.
std::string seen(const http_response& response, const std::string& path) {
  std::string text = std::to_string(response.status) + '\n';
  for (const auto& [name, value] : response.headers)
    if (name != "X-Request-Id" && name != "Date")
      text.append(name).append(": ").append(value).append(1, '\n');
  text += response.body;
  if (const auto at = text.find(path); at != std::string::npos)
    text.replace(at, path.size(), "PATH");
  return text;
}

const std::vector<std::string> methods{"GET",    "HEAD",  "POST",  "PUT",     "PATCH",
                                       "DELETE", "TRACE", "PURGE", "OPTIONS", "get"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(control, uncontrolled_registry)

BOOST_AUTO_TEST_CASE(without_control_what_steers_is_like_any_unknown_path) {
  const auto compare = [&](const std::string& method, const std::string& path,
                           const header_list& headers) {
    const auto ask = [&](const std::string& target) {
      registry_client asking{server};
      if (method == "HEAD")
        return seen(asking.head(target, headers), target);
      return seen(asking.request(method, target, headers, method == "POST" ? "{}" : ""), target);
    };
    BOOST_TEST(ask(path) == ask(unknown_like(path)), method << ' ' << path);
  };
  const header_list preflight{{"Origin", "http://localhost:1"},
                              {"Access-Control-Request-Method", "GET"}};
  for (const auto* last : {"1", "x"})
    for (const auto& path : steering_paths(last))
      for (const auto& method : methods) {
        compare(method, path, {});
        compare(method, path + '/', {});
      }
  for (const auto& path : steering_paths("1"))
    if (path.starts_with("/__")) // pages of other origins are refused below it, whatever it is
      compare("OPTIONS", path, preflight);
}

BOOST_AUTO_TEST_CASE(the_answer_for_an_unknown_path_names_no_method) {
  const auto refused = expect_error(client, {"PATCH", "/__parlel/faults"}, 404, "UNSUPPORTED");
  BOOST_TEST(!refused.has("Allow"));
  BOOST_TEST(client.request("OPTIONS", "/__parlel/faults").header("Allow") ==
             gantry::api::all_methods);
}

BOOST_AUTO_TEST_CASE(with_control_a_wrong_method_is_told_the_right_ones) {
  running_registry steered;
  registry_client steering{steered};
  const auto refused = expect_error(steering, {"PATCH", "/__parlel/faults"}, 405, "UNSUPPORTED");
  BOOST_TEST(refused.header("Allow") == "DELETE, GET, HEAD, POST");
  BOOST_TEST(steering.request("OPTIONS", "/__parlel/requests").header("Allow") ==
             "DELETE, GET, HEAD");
}

BOOST_AUTO_TEST_SUITE_END()
