// Several endpoints, and tests of them.
#include "webhooks/deliveries.hpp"

#include "support/temp_dir.hpp"
#include "webhooks/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace gantry::webhooks;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

webhooks::endpoint named(std::string name, std::string url) {
  return {.name = std::move(name), .url = std::move(url), .timeout = 20s, .backoff = 1ms};
}

std::unique_ptr<webhooks::deliveries> start(sample_log& log, std::vector<webhooks::endpoint> all) {
  return std::make_unique<webhooks::deliveries>(log, std::move(all), sample_source(),
                                                std::filesystem::path{}, "gantry/1");
}

std::future<result<test_report>> tested(webhooks::deliveries& all, std::string_view name) {
  const auto answer = std::make_shared<std::promise<result<test_report>>>();
  all.test(name, [answer](result<test_report> got) { answer->set_value(std::move(got)); });
  return answer->get_future();
}

} // namespace

BOOST_AUTO_TEST_SUITE(deliveries)

BOOST_AUTO_TEST_CASE(each_endpoint_is_told_and_one_that_fails_holds_up_no_other) {
  sample_log log;
  listener good;
  listener bad{[](auto) { return 500U; }};
  const auto all = start(log, {named("bad", bad.url()), named("good", good.url())});
  for (const auto* name : {"1", "2"})
    log.add("team/app", name);
  bad.wait(3);
  texts seen;
  for (std::size_t i = 1; seen.size() < 2; ++i)
    for (auto& line : lines_in(good.wait(i)[i - 1]))
      seen.push_back(std::move(line));
  BOOST_TEST(seen == (texts{"push team/app:1", "push team/app:2"}),
             boost::test_tools::per_element());
  BOOST_TEST(log.listeners() == 1U);
  all->stop();
  BOOST_TEST(log.listeners() == 0U);
}

BOOST_AUTO_TEST_CASE(a_list_has_no_secrets) {
  sample_log log;
  auto one = named("one", "http://ann:secret@127.0.0.1:1/event");
  one.disabled = true;
  const auto all = start(log, {one, named("two", "http://127.0.0.1:1/")});
  const auto listed = all->list();
  BOOST_TEST_REQUIRE(listed.size() == 2U);
  BOOST_TEST(listed[0].name == "one");
  BOOST_TEST(listed[0].url == "http://127.0.0.1:1/event");
  BOOST_TEST(listed[0].disabled);
  BOOST_TEST(listed[1].name == "two");
}

BOOST_AUTO_TEST_CASE(a_disabled_endpoint_is_told_nothing_but_tests) {
  sample_log log;
  listener there;
  auto one = named("one", there.url());
  one.disabled = true;
  one.written_as = format::cloudevents;
  const auto all = start(log, {one});
  log.add("team/app", "1");
  const auto got = tested(*all, "one").get().value();
  BOOST_TEST(got.status == 200U);
  const auto requests = there.wait(1);
  BOOST_TEST(requests.size() == 1U);
  BOOST_TEST(body_in(requests[0]).at(0).at("type").as_string() == "dev.gantry.registry.test");
  BOOST_TEST(all->list()[0].state.position == 0U);
}

BOOST_AUTO_TEST_CASE(a_test_that_fails_says_why) {
  sample_log log;
  listener there{[](auto) { return 401U; }};
  const auto all = start(log, {named("one", there.url()), named("gone", "http://127.0.0.1:1/")});
  const auto refused = tested(*all, "one").get();
  BOOST_TEST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::webhook_failed));
  BOOST_TEST(refused.error().detail.starts_with("one: it answers 401, after "),
             refused.error().detail);
  BOOST_TEST(tested(*all, "gone").get().error().detail.starts_with("gone: refused, after "));
  BOOST_TEST((tested(*all, "two").get().error().code == errc::webhook_unknown));
  BOOST_TEST(there.size() == 1U); // it is not repeated
}

BOOST_AUTO_TEST_CASE(tests_end_when_the_registry_does) {
  sample_log log;
  const scripted_server silent{[](const std::string&) { return scripted_server::silence; }};
  const auto all = start(log, {named("one", silent.url())});
  auto later = tested(*all, "one");
  while (silent.connections() == 0)
    std::this_thread::yield();
  all->end_tests();
  BOOST_TEST((later.get().error().code == errc::webhook_failed));
  BOOST_TEST((tested(*all, "one").get().error().code == errc::unavailable));
}

BOOST_AUTO_TEST_CASE(a_position_that_cannot_be_read_keeps_the_registry_from_starting) {
  sample_log log;
  const temp_dir folder;
  folder.write("one", "x");
  std::vector<webhooks::endpoint> all{named("one", "http://127.0.0.1:1/")};
  BOOST_CHECK_THROW(
    webhooks::deliveries(log, std::move(all), sample_source(), folder.path(), "gantry/1"),
    std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
