// What docs/testing.md shows of the library.
#include <gantry/registry.hpp>

#include "support/http_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(tour)

namespace {

/// Tries once more if the registry is unavailable.
class my_client {
public:
  explicit my_client(const std::string& url)
    : port_{static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)))} {}

  void pull(const std::string& repository, const std::string& tag) const {
    const auto target = "/v2/" + repository + "/manifests/" + tag;
    if (get(target) == 503)
      BOOST_TEST(get(target) == 200u);
  }

private:
  unsigned get(const std::string& target) const {
    return gantry::test::http_connection{port_}.request("GET", target).status;
  }

  std::uint16_t port_;
};

} // namespace

BOOST_AUTO_TEST_CASE(every_line_works) {
  // clang-format off
  // [snippet tour]
  gantry::options chosen;
  chosen.seed = "false";               // no library/hello-world
  chosen.set("--page-default", "5");   // any setting of docs/configuration.md

  gantry::registry registry{chosen};
  registry.start();                    // a free port of the loopback interface
  auto digest = registry.push({"team/app", "1.0", {"the bytes of a layer"}});

  registry.fail(gantry::fault{}.on("get_manifest").in("team/*").answering(503).at_most(1));
  my_client client{registry.url()};    // http://127.0.0.1:40123
  client.pull("team/app", "1.0");      // is refused, and tries again
  const auto pulls = gantry::request_filter{}.on("get_manifest");
  registry.expect(pulls, 2);           // or throws, and says what came instead

  auto prepared = registry.snapshot(); // and `restore(prepared)` before each test
  registry.advance(std::chrono::hours{25}); // uploads that were open have expired
  registry.reset();                    // empty again, without faults
  // [/snippet]
  // clang-format on
  BOOST_TEST(digest.starts_with("sha256:"));
  registry.restore(prepared);
  BOOST_TEST(registry.tags("team/app").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
