#include "bench/load_fixture.hpp"
#include "bench/report.hpp"
#include "bench/seeded_random.hpp"
#include "bench/workloads/zb_suite.hpp"

#include "support/golden.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench = gantry::bench;
using namespace gantry::test;

namespace {

bench::zb_options testing(const std::string& url, std::vector<std::string> tests) {
  auto options = options_for<bench::zb_options>(url, 8);
  options.tests = std::move(tests);
  return options;
}

/// `Get Catalog` with only small images: a test has no time for a hundred mebibytes.
std::uint64_t seed_of_small_images(std::uint64_t count) {
  const auto& catalog = *bench::find_zb_test("Get Catalog");
  const auto are_small = [&](std::uint64_t seed) {
    for (std::uint64_t number = 0; number < count; ++number)
      if (bench::pick_zb_size(catalog, bench::seeded_random(seed, number, 1)) != 0)
        return false;
    return true;
  };
  std::uint64_t seed = 1;
  while (!are_small(seed))
    ++seed;
  return seed;
}

std::uint64_t tags_in(const running_registry& server) {
  registry_client client{server};
  std::uint64_t tags = 0;
  for (const auto& name : strings_of(client.get("/v2/_catalog?n=1000").body, "repositories"))
    tags += strings_of(client.get(tags_path(name)).body, "tags").size();
  return tags;
}

} // namespace

BOOST_AUTO_TEST_SUITE(zb)

BOOST_AUTO_TEST_CASE(the_suite_has_each_test_once) {
  std::set<std::string_view> names;
  for (const auto& test : bench::zb_tests()) {
    BOOST_TEST_CONTEXT(test.name) {
      names.insert(test.name);
      BOOST_TEST(bench::find_zb_test(test.name) == &test);
      BOOST_TEST(std::accumulate(test.shares.begin(), test.shares.end(), 0u) == 100u);
    }
  }
  BOOST_TEST(names.size() == 16u);
  BOOST_TEST(!bench::find_zb_test("Push Monolith 2MB"));
}

BOOST_AUTO_TEST_CASE(sizes_happen_as_often_as_the_test_says) {
  const auto& test = *bench::find_zb_test("Pull Mixed 20% 1MB, 70% 10MB, 10% 100MB");
  std::array<int, 3> drawn{};
  for (std::uint64_t i = 0; i < 100; ++i)
    ++drawn[bench::pick_zb_size(test, i)];
  BOOST_TEST(drawn == (std::array{20, 70, 10}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tests_are_chosen_by_name) {
  BOOST_TEST(bench::choose_zb_tests({}).size() == 16u);
  const auto chosen = bench::choose_zb_tests({"Pull 1MB", "Get Catalog", "Pull 1MB"});
  BOOST_REQUIRE(chosen.size() == 2u);
  BOOST_TEST(chosen[0]->name == "Get Catalog");
  BOOST_TEST(chosen[1]->name == "Pull 1MB");
  BOOST_CHECK_THROW(bench::choose_zb_tests({"Pull 2MB"}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(each_test_is_one_line) {
  const running_registry server{strict};
  const auto result = run(testing(url_of(server), {"Push Monolith 1MB", "Push Chunk Streamed 1MB",
                                                   "Pull 1MB", "Pull 75% and Push 25% Mixed 1MB"}));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(result.figures.at("operations").as_object().size() == 4u);
  for (const auto& [name, line] : result.figures.at("operations").as_object()) {
    BOOST_TEST(count_of(result, std::string{name}.c_str()) == 8u);
    BOOST_TEST(line.at("zb_per_second").to_number<double>() <=
               line.at("per_second").to_number<double>());
    BOOST_TEST(result.table.find(name) != std::string::npos);
  }
  BOOST_TEST(tags_in(server) >= 8u + 8 + 4 + 4);
}

BOOST_AUTO_TEST_CASE(the_catalog_is_requested_when_it_is_full) {
  const running_registry server{strict};
  auto options = testing(url_of(server), {"Get Catalog"});
  options.seed = seed_of_small_images(8);
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "Get Catalog") == 8u);
  BOOST_TEST(tags_in(server) == 8u);
}

BOOST_AUTO_TEST_CASE(clients_make_equally_many_requests) {
  const running_registry server{strict};
  auto options = testing(url_of(server), {"Push Monolith 1MB"});
  options.how.count = 11;
  BOOST_TEST(count_of(run(options), "Push Monolith 1MB") == 8u);
  options.how.count = 3;
  text_stream out, live;
  BOOST_CHECK_THROW(bench::run(options, out.file(), live.file()), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_cleanup_leaves_nothing_behind) {
  const running_registry server{strict};
  auto options =
    testing(url_of(server), {"Push Chunk Streamed 1MB", "Pull 75% and Push 25% Mixed 1MB"});
  options.cleanup = true;
  BOOST_TEST(errors_of(run(options)) == 0u);
  registry_client client{server};
  BOOST_TEST(strings_of(client.get("/v2/_catalog").body, "repositories").empty());
}

BOOST_AUTO_TEST_CASE(it_keeps_a_rate_and_a_duration) {
  const running_registry server{strict};
  auto options = testing(url_of(server), {"Pull 1MB"});
  options.how = {};
  options.how.warmup = std::chrono::milliseconds{50};
  options.how.duration = std::chrono::milliseconds{200};
  options.how.rate = 50;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(result.figures.at("complete").as_bool());
}

BOOST_AUTO_TEST_CASE(requests_that_fail_are_counted_with_their_test) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return request.starts_with("PATCH") ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" : answer;
  }};
  const auto result = run(testing(server.url(), {"Push Monolith 1MB", "Push Chunk Streamed 1MB"}));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result, "Push Chunk Streamed 1MB", "status_500") == 8u);
  BOOST_TEST(errors_of(result) == 8u);
  BOOST_TEST(result.table.find("Push Chunk Streamed 1MB: status_500 × 8") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_all_tests) {
  tampering_server server{interrupt_after("HEAD", "/manifests/")};
  auto options = testing(server.url(), {"Pull 1MB", "Pull 75% and Push 25% Mixed 1MB"});
  options.how.count = 1'000'000;
  const auto result = run(options);
  BOOST_TEST(!result.figures.at("complete").as_bool());
  BOOST_TEST(count_of(result, "Pull 1MB") > 0u);
  BOOST_TEST(result.figures.at("operations").as_object().size() == 1u);
  BOOST_TEST(result.table.ends_with("interrupted: a partial result\n"));
}

BOOST_AUTO_TEST_CASE(a_page_has_a_chapter_for_each_test) {
  const running_registry server{strict};
  const temp_dir folder;
  auto options = testing(url_of(server), {"Push Monolith 1MB", "Pull 1MB"});
  options.html = (folder.path() / "zb.html").string();
  run(options);
  const auto html = read_text(options.html);
  for (const auto* heading : {"<h2>Push Monolith 1MB</h2>", "<h2>Pull 1MB</h2>"})
    BOOST_TEST(html.find(heading) != std::string::npos, heading);
}

BOOST_AUTO_TEST_CASE(two_results_can_be_compared) {
  const running_registry server{strict};
  const auto text =
    boost::json::serialize(run(testing(url_of(server), {"Push Monolith 1MB"})).figures);
  const auto compared = bench::compare_reports(text, text).value();
  BOOST_TEST(compared.find("Push Monolith 1MB, p50") != std::string::npos, compared);
}

BOOST_AUTO_TEST_SUITE_END()
