// What `gantry status` prints.
#include "app/status.hpp"

#include "app/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <variant>

using namespace gantry;

namespace {

std::string status_json(const std::string& state, const std::string& storage,
                        const std::string& collection) {
  return R"({"version":"0.1.0",)" + state + R"(,"storage":)" + storage +
         R"(,"in_flight":{"uploads":{"used":0,"limit":1024,"waiting":0},)"
         R"("parsing":{"used":2048,"limit":4096,"waiting":3}},)"
         R"("uploads":{"open":7,"awake":1,"limit":20000},"repositories_awake":2,)"
         R"("collection":)" +
         collection + "}";
}

const std::string in_memory = R"({"used":1536,"limit":1073741824,"free":null,"full":false})";
const std::string on_disk = R"({"used":5,"limit":null,"free":2048,"full":true})";
const std::string none =
  R"({"runs":0,"errors":0,"bytes":0,"leased_blobs":0,"leased_links":0,"ended":null})";
const std::string some = R"({"runs":2,"errors":1,"bytes":1024,"leased_blobs":4,"leased_links":5,)"
                         R"("ended":"2026-01-31T12:00:00.000000Z"})";

} // namespace

BOOST_AUTO_TEST_SUITE(status)

BOOST_AUTO_TEST_CASE(a_registry_in_memory_is_shown_in_words) {
  BOOST_TEST(app::render_status(status_json(R"("ready":true,"reason":"")", in_memory, none)) ==
             "version       0.1.0\n"
             "ready         yes\n"
             "storage       1.5 KiB used, at most 1.0 GiB\n"
             "uploads       7 open of 20000\n"
             "repositories  2 in use\n"
             "in transit    parsing 2.0 KiB of 4.0 KiB, 3 requests wait\n"
             "              uploads 0 B of 1.0 KiB\n"
             "collection    none yet\n");
}

BOOST_AUTO_TEST_CASE(a_full_disk_and_failed_collections_are_named) {
  const auto text = app::render_status(
    status_json(R"("ready":false,"reason":"the server is stopping")", on_disk, some));
  for (const auto* line :
       {"ready         no: the server is stopping\n", "5 B used, 2.0 KiB free on the disk\n",
        "collection    ended 2026-01-31T12:00:00.000000Z, 1.0 KiB freed since the start\n",
        "              1 failed: the log says why\n",
        "leases        4 blobs and 5 links were kept only by a lease\n"})
    BOOST_TEST(text.find(line) != std::string::npos, line << " in " << text);
}

BOOST_AUTO_TEST_CASE(the_command_line_names_a_registry_and_a_user) {
  const char* const words[] = {"gantry", "status", "http://x:1", "--user", "a:b", "--json"};
  const auto parsed = app::parse_command_line(6, words);
  const auto& command = std::get<app::status_command>(parsed);
  BOOST_TEST(command.where.url == "http://x:1");
  BOOST_TEST(command.where.user == "a:b");
  BOOST_TEST(command.json);
}

BOOST_AUTO_TEST_CASE(the_command_line_says_which_certificates_to_trust) {
  const char* const words[] = {"gantry", "status", "https://x", "--ca", "ca.crt"};
  const auto parsed = app::parse_command_line(5, words);
  const auto& command = std::get<app::status_command>(parsed);
  BOOST_TEST(command.where.tls.authorities == "ca.crt");
  BOOST_TEST(command.where.tls.verify);
  const char* const both[] = {"gantry", "status", "https://x", "--ca", "x", "--insecure"};
  BOOST_TEST(std::holds_alternative<app::message_command>(app::parse_command_line(6, both)));
}

BOOST_AUTO_TEST_CASE(a_mistake_is_an_error_before_anything_is_asked) {
  BOOST_CHECK_THROW(app::run(app::status_command{.where = {.url = "ftp://x"}}),
                    std::invalid_argument);
  BOOST_CHECK_THROW(
    app::run(app::status_command{.where = {.url = "http://127.0.0.1:1", .user = "alice"}}),
    std::invalid_argument);
  BOOST_CHECK_THROW(app::run(app::status_command{.where = {.url = "http://127.0.0.1:1"}}),
                    std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
