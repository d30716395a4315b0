// The audit log of a registry, and what the access log says of clients that leave.
#include "e2e/alice.hpp"
#include "support/golden.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry::test;

namespace {

std::string text_of(const boost::json::value& line, std::string_view member) {
  return std::string{line.at(member).as_string()};
}

/// Has one user, and both logs in files.
struct audited_registry {
  temp_dir folder;
  std::filesystem::path audit = folder.path() / "audit.log";
  std::filesystem::path access = folder.path() / "access.log";
  running_registry server{[this](auto& settings) {
    folder.write("htpasswd", alice_line());
    settings.htpasswd = (folder.path() / "htpasswd").string();
    settings.audit_file = audit.string();
    settings.log = gantry::telemetry::log_format::json;
    settings.log_file = access.string();
  }};
  registry_client client{server};

  /// A line is written before the answer is complete at the client or soon after.
  std::vector<boost::json::value> lines(const std::filesystem::path& file,
                                        std::size_t count) const {
    std::vector<boost::json::value> found;
    BOOST_TEST(eventually([&] {
      found.clear();
      std::istringstream text{read_text(file)};
      for (std::string line; std::getline(text, line);)
        found.push_back(boost::json::parse(line));
      return found.size() >= count;
    }));
    BOOST_TEST_REQUIRE(found.size() == count);
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit, audited_registry)

BOOST_AUTO_TEST_CASE(a_push_and_a_delete_are_noted_with_user_and_reference) {
  client.put(manifest_path("team/app", "1"), {right[0], {"Content-Type", types::index}},
             lone_manifest("x"));
  client.erase(manifest_path("team/app", "1"), right);
  client.get(manifest_path("team/app", "1"), right);
  const auto noted = lines(audit, 2);
  BOOST_TEST(text_of(noted[0], "action") == "put_manifest");
  BOOST_TEST(text_of(noted[0], "user") == "alice");
  BOOST_TEST(text_of(noted[0], "repository") == "team/app");
  BOOST_TEST(text_of(noted[0], "reference") == "1");
  BOOST_TEST(text_of(noted[0], "remote").starts_with("127.0.0.1:"));
  BOOST_TEST(noted[0].at("status").as_int64() == 201);
  BOOST_TEST(!text_of(noted[0], "request_id").empty());
  BOOST_TEST(text_of(noted[1], "action") == "delete_manifest");
  BOOST_TEST(noted[1].at("status").as_int64() == 202);
}

BOOST_AUTO_TEST_CASE(logins_are_noted_and_passwords_are_not) {
  client.get("/v2/", right);
  client.get("/v2/", wrong);
  client.get("/v2/_catalog", wrong);
  client.get("/v2/"); // only asks how to log in
  client.get("/v2/_catalog", right);
  const auto noted = lines(audit, 3);
  const std::vector<int> statuses{200, 401, 401};
  for (std::size_t i = 0; i < noted.size(); ++i) {
    BOOST_TEST(text_of(noted[i], "action") == "login");
    BOOST_TEST(text_of(noted[i], "user") == "alice");
    BOOST_TEST(noted[i].at("status").as_int64() == statuses[i]);
  }
  const auto text = read_text(audit);
  for (const auto* secret : {"right", "wrong", "YWxp"})
    BOOST_TEST(text.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_CASE(refused_changes_and_controls_are_noted_and_chunks_are_not) {
  const auto location = client.post(uploads_path("a"), right).header("Location");
  client.patch(location, right, "some bytes");
  client.erase(blob_path("a", digest_of_nothing()), right);
  client.post("/__gantry/gc", right);
  const auto noted = lines(audit, 3);
  BOOST_TEST(text_of(noted[0], "action") == "start_upload");
  BOOST_TEST(text_of(noted[1], "action") == "delete_blob");
  BOOST_TEST(text_of(noted[1], "reference") == digest_of_nothing());
  BOOST_TEST(noted[1].at("status").as_int64() == 404);
  BOOST_TEST(text_of(noted[2], "action") == "collect_garbage");
}

BOOST_AUTO_TEST_CASE(both_logs_continue_in_new_files_after_a_rotation) {
  client.post(uploads_path("a"), right);
  lines(audit, 1);
  std::filesystem::rename(audit, folder.path() / "audit.log.1");
  std::filesystem::rename(access, folder.path() / "access.log.1");
  server.reopen_logs();
  client.post(uploads_path("b"), right);
  BOOST_TEST(text_of(lines(audit, 1)[0], "repository") == "b");
  BOOST_TEST(std::filesystem::exists(access));
}

BOOST_AUTO_TEST_CASE(the_access_log_names_user_operation_and_content) {
  client.get(manifest_path("team/app", "1"), right);
  server.stop();
  const auto line = lines(access, 1)[0];
  BOOST_TEST(text_of(line, "user") == "alice");
  BOOST_TEST(text_of(line, "operation") == "get_manifest");
  BOOST_TEST(text_of(line, "repository") == "team/app");
  BOOST_TEST(text_of(line, "reference") == "1");
  BOOST_TEST(line.at("status").as_int64() == 404);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_has_the_status_499) {
  const auto location = client.post(uploads_path("a"), right).header("Location");
  {
    registry_client leaving{server};
    leaving.send_head("PATCH", location, {right[0], {"Content-Length", "1000"}});
    leaving.send("some");
    leaving.half_close();
    leaving.read_until_close();
  }
  { const registry_client silent{server}; } // asked nothing: no line
  server.stop();
  // The two connections may log in any order.
  const auto written = lines(access, 2);
  const auto left = std::ranges::find(written, "append_upload",
                                      [](const auto& line) { return text_of(line, "operation"); });
  BOOST_REQUIRE((left != written.end()));
  BOOST_TEST(left->at("status").as_int64() == 499);
}

BOOST_AUTO_TEST_SUITE_END()
