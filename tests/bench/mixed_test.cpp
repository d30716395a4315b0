#include "bench/load_fixture.hpp"
#include "bench/seeded_random.hpp"
#include "bench/workloads/mix.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace bench = gantry::bench;
using bench::mixed_operation;
using namespace gantry::test;

namespace {

const char* const no_mixes[] = {
  "",        "push",          "push=",         "=1",       "push=1,",
  ",push=1", "push=1,push=2", "push=x",        "push=-1",  "push=1 ",
  "fetch=1", "push=0,pull=0", "push=1;pull=1", "push=1e3", "push=1000001",
};

bench::mixed_options weighted(const std::string& url, const char* weights) {
  auto options = options_for<bench::mixed_options>(url, 200);
  options.weights = bench::mix::parse(weights).value();
  options.set_size = 5;
  return options;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mixed)

BOOST_AUTO_TEST_CASE(weights_are_read_and_written) {
  BOOST_TEST(bench::mix{}.to_string() == "push=1,pull=8,head=2,delete=0");
  BOOST_TEST(bench::mix::parse("delete=3,push=1000000")->to_string() ==
             "push=1000000,pull=0,head=0,delete=3");
}

BOOST_DATA_TEST_CASE(malformed_weights_are_refused, no_mixes) {
  BOOST_TEST(!bench::mix::parse(sample).has_value());
}

BOOST_AUTO_TEST_CASE(operations_happen_as_often_as_they_weigh) {
  const auto weights = bench::mix::parse("push=1,pull=8,head=2,delete=1").value();
  std::array<int, 4> drawn{};
  for (std::uint64_t i = 0; i < 12; ++i)
    ++drawn[static_cast<std::size_t>(weights.pick(i))];
  BOOST_TEST(drawn == (std::array{1, 8, 2, 1}), boost::test_tools::per_element());
  BOOST_CHECK(bench::mix::parse("head=5")->pick(~std::uint64_t{0}) == mixed_operation::head);
}

BOOST_AUTO_TEST_CASE(the_seed_and_the_number_choose_the_operation) {
  const running_registry server{strict};
  const auto options = weighted(url_of(server), "push=2,pull=3,head=1,delete=1");
  std::array<std::uint64_t, 4> expected{};
  for (std::uint64_t number = 0; number < 200; ++number)
    ++expected[static_cast<std::size_t>(options.weights.pick(bench::seeded_random(11, number)))];
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 200u);
  BOOST_TEST(count_of(result, "push") >= expected[0]);
  BOOST_TEST(count_of(result, "pull") == expected[1]);
  BOOST_TEST(count_of(result, "HEAD manifest") == expected[1] + expected[2]);
  BOOST_TEST(count_of(result, "DELETE manifest") == expected[3]);
  BOOST_TEST(result.figures.at("options").at("mix").as_string().c_str() ==
             options.weights.to_string());
}

BOOST_AUTO_TEST_CASE(deletes_remove_what_pushes_added) {
  const running_registry server{strict};
  const auto result = run(weighted(url_of(server), "delete=1"));
  BOOST_TEST(count_of(result, "push") == 200u);
  BOOST_TEST(count_of(result, "DELETE manifest") == 200u);
  registry_client client{server};
  std::size_t tags = 0;
  for (const auto& name : strings_of(client.get("/v2/_catalog").body, "repositories"))
    tags += strings_of(client.get(tags_path(name)).body, "tags").size();
  BOOST_TEST(tags == 5u);
}

BOOST_AUTO_TEST_CASE(it_keeps_every_pace) {
  check_every_pace(weighted({}, "push=1,pull=2,head=1,delete=1"));
}

BOOST_AUTO_TEST_CASE(a_delete_that_finds_nothing_is_an_error) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return request.starts_with("DELETE") ? "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" : answer;
  }};
  auto options = weighted(server.url(), "pull=1,delete=1");
  options.how.count = 20;
  const auto result = run(options);
  BOOST_TEST(errors_of(result, "DELETE manifest", "status_404") > 0u);
  BOOST_TEST(errors_of(result) == errors_of(result, "DELETE manifest", "status_404"));
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
  tampering_server server{interrupt_after("HEAD", "/manifests/")};
  auto options = weighted(server.url(), "pull=1,head=1");
  options.how.count = 1'000'000;
  check_interrupted(run(options));
}

BOOST_AUTO_TEST_SUITE_END()
