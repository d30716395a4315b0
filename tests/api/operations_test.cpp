#include "api/operations.hpp"

#include "api/request_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string_view>
#include <utility>

using namespace gantry::api;

BOOST_AUTO_TEST_SUITE(operations)

BOOST_AUTO_TEST_CASE(each_alternative_finds_its_row) {
  BOOST_TEST(operation_of(root{}).name == "root");
  BOOST_TEST(operation_of(reset{}).name == "reset");
  BOOST_TEST(operation_of(collect_garbage{}).name == "collect_garbage");
  BOOST_TEST(operation_of(base{}).name == "base");
  BOOST_TEST(operation_of(list_methods{}).name == "list_methods");
  for (const auto& [method, target, name] :
       {std::array{"GET", "/v2/a/manifests/1", "get_manifest"},
        std::array{"PUT", "/v2/a/manifests/1", "put_manifest"},
        std::array{"DELETE", "/v2/a/manifests/1", "delete_manifest"},
        std::array{"POST", "/v2/a/blobs/uploads/", "start_upload"},
        std::array{"GET", "/v2/a/tags/list", "list_tags"},
        std::array{"GET", "/v2/_catalog", "list_repositories"},
        std::array{"GET", "/__gantry/gc", "gc_status"},
        std::array{"POST", "/__gantry/gc", "collect_garbage"},
        std::array{"GET", "/readyz", "ready"}})
    BOOST_TEST(operation_of(parse_request(method, target, {}).value()).name == name);
}

BOOST_AUTO_TEST_CASE(names_are_unique_and_rows_are_complete) {
  std::set<std::string_view> names;
  for (const auto& row : gantry::api::operations()) {
    BOOST_TEST(!row.name.empty());
    BOOST_TEST(!row.methods.empty());
    BOOST_TEST(names.insert(row.name).second, row.name);
    const bool changes = row.does == effect::writes || row.does == effect::deletes;
    const bool reads = row.methods == "GET, HEAD" || row.methods == "OPTIONS";
    BOOST_TEST((!changes || !reads), row.name << " changes content by a method that reads");
    // case 118: a read-only registry asks this column.
    const bool is_maintenance = !row.where.text().starts_with("/v2/") || row.needs == scope::form;
    BOOST_TEST((changes || reads || is_maintenance),
               row.name << " does not say that it changes content");
    BOOST_TEST(!row.help.empty(), row.name);
    BOOST_TEST((!changes || row.needs == scope::push || row.needs == scope::remove), row.name);
    BOOST_TEST((row.does != effect::deletes || row.needs == scope::remove), row.name);
  }
}

BOOST_AUTO_TEST_CASE(what_is_done_in_a_repository_needs_a_right_there) {
  for (const auto& row : gantry::api::operations()) {
    // A copy names its repositories in its query.
    const bool is_inside =
      row.where.text().find("<name>") != std::string_view::npos || row.name == "copy_image";
    const bool asks_there =
      row.needs == scope::pull || row.needs == scope::push || row.needs == scope::remove;
    BOOST_TEST(is_inside == asks_there, row.name);
    const bool is_open =
      row.needs == scope::none || row.needs == scope::login || row.needs == scope::token;
    BOOST_TEST((!is_open || row.does == effect::none), row.name);
  }
}

BOOST_AUTO_TEST_CASE(no_method_of_a_route_is_in_two_rows) {
  std::set<std::pair<route, std::string_view>> seen;
  for (const auto& row : gantry::api::operations())
    for (const std::string_view method : {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"})
      if (is_allowed(row.methods, method))
        BOOST_TEST(seen.insert({row.where, method}).second, row.name << ' ' << method);
}

// Otherwise the methods of a route would tell who may not steer that it has more of them.
BOOST_AUTO_TEST_CASE(all_operations_of_a_route_steer_or_none_does) {
  for (const auto& row : gantry::api::operations())
    for (const auto& other : gantry::api::operations())
      if (row.where == other.where)
        BOOST_TEST((row.does == effect::steers) == (other.does == effect::steers),
                   row.name << " and " << other.name);
}

BOOST_AUTO_TEST_CASE(what_steers_is_no_route_for_others) {
  for (const auto& row : gantry::api::operations())
    if (row.does == effect::steers) {
      BOOST_TEST(match_route(row.where.text()).has_value());
      BOOST_TEST(!match_route(row.where.text(), false));
    }
  BOOST_TEST(match_route("/__parlel/reset", false).has_value());
}

BOOST_AUTO_TEST_CASE(the_methods_of_a_route_are_those_of_its_rows) {
  BOOST_TEST(methods_of("/v2/<name>/manifests/<reference>") == "DELETE, GET, HEAD, PUT");
  BOOST_TEST(methods_of("/v2/<name>/blobs/uploads/<id>") == "DELETE, GET, HEAD, PATCH, PUT");
  BOOST_TEST(methods_of("/__gantry/gc") == "GET, HEAD, POST");
}

BOOST_AUTO_TEST_CASE(a_route_that_is_spelled_out_comes_first) {
  const std::array<std::string_view, 3> paths[] = {
    {"/v2/a/blobs/uploads/", "/v2/<name>/blobs/uploads/", ""},
    {"/v2/a/blobs/uploads", "/v2/<name>/blobs/uploads/", ""},
    {"/v2/a/blobs/x", "/v2/<name>/blobs/<digest>", "x"},
    {"/v2/a/blobs/", "/v2/<name>/blobs/<digest>", ""},
    {"/v2/a/blobs/uploads/x", "/v2/<name>/blobs/uploads/<id>", "x"},
  };
  for (const auto& [path, where, last] : paths) {
    const auto matched = match_route(path);
    BOOST_REQUIRE(matched);
    BOOST_TEST(matched->first->where.text() == where);
    BOOST_TEST(matched->path.name == "a");
    BOOST_TEST(matched->path.last == last);
  }
}

BOOST_AUTO_TEST_CASE(a_method_is_found_as_a_whole) {
  BOOST_TEST(is_allowed("GET, HEAD", "HEAD"));
  BOOST_TEST(!is_allowed("GET, HEAD", "HEA"));
  BOOST_TEST(!is_allowed("GET, HEAD", "get"));
  BOOST_TEST(!is_allowed("", ""));
}

BOOST_AUTO_TEST_SUITE_END()
