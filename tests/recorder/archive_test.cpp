// Archives as a reader of recorded sessions sees them.
#include "recorder/archive.hpp"

#include "support/temp_dir.hpp"

#include <boost/system/errc.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace recorder = gantry::recorder;
namespace fs = std::filesystem;

namespace {

recorder::exchange get(const std::string& target) {
  recorder::exchange seen;
  seen.method = "GET";
  seen.origin = "http://registry:5000";
  seen.target = target;
  seen.status = 200;
  seen.response_fields = {{"Content-Type", "text/plain"}};
  return seen;
}

struct recording {
  boost::system::error_code add(const std::string& target, const std::string& body) {
    recorder::spool kept{folder.path()};
    BOOST_REQUIRE(!kept.append(body));
    return archive.add(get(target), kept);
  }
  std::vector<gantry::replay::recorded> read() {
    std::ifstream input{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{input}, {}};
    auto made = gantry::replay::read_har(text);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().detail));
    return *made;
  }

  gantry::test::temp_dir folder;
  fs::path file = folder.path() / "session.har";
  recorder::archive archive{file, "1.0"};
};

std::string refusal_of(const fs::path& file) {
  try {
    const recorder::archive made{file, "1.0"};
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
  return "it was made";
}

} // namespace

BOOST_AUTO_TEST_SUITE(archive)

BOOST_AUTO_TEST_CASE(text_bytes_and_large_bodies_are_read_again) {
  recording made;
  const std::string large(recorder::max_in_memory * 3 + 1, '\xFF');
  const std::string bytes{"\0\x80\xFF", 3};
  const std::vector<std::string> bodies{"plain \"text\"\n", "", bytes, large, "last"};
  for (const auto& body : bodies)
    BOOST_TEST(!made.add("/v2/" + std::to_string(body.size()), body));
  BOOST_TEST(made.archive.count() == bodies.size());
  BOOST_TEST(!fs::exists(made.file));
  made.archive.finish();
  const auto session = made.read();
  BOOST_REQUIRE(session.size() == bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    BOOST_TEST((session[i].body == bodies[i]));
    BOOST_TEST(session[i].target == "/v2/" + std::to_string(bodies[i].size()));
  }
}

BOOST_AUTO_TEST_CASE(tokens_are_masked) {
  recording made;
  BOOST_TEST(!made.add("/token", R"({"token":"secret"})"));
  made.archive.finish();
  BOOST_TEST(made.read().front().body == R"({"token":"***"})");
}

BOOST_AUTO_TEST_CASE(an_archive_that_is_full_stays_whole) {
  recording made;
  recorder::archive small{made.file, "1.0", 2000};
  recorder::spool body{made.folder.path()};
  BOOST_TEST(!small.add(get("/v2/"), body));
  BOOST_REQUIRE(!body.append(std::string(2000, 'x')));
  BOOST_TEST((small.add(get("/v2/x"), body) == boost::system::errc::file_too_large));
  BOOST_REQUIRE(!body.append(std::string(1500, '\xFF')));
  BOOST_TEST((small.add(get("/v2/x"), body) == boost::system::errc::file_too_large));
  small.finish();
  BOOST_TEST(made.read().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_archive_that_is_not_finished_leaves_nothing) {
  const gantry::test::temp_dir folder;
  { const recorder::archive dropped{folder.path() / "session.har", "1.0"}; }
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_made_is_refused_at_once) {
  BOOST_TEST(refusal_of("/nowhere/session.har") ==
             "/nowhere/session.har: No such file or directory");
  const gantry::test::temp_dir folder;
  BOOST_TEST(refusal_of(folder.path()) == folder.path().string() + ": Is a directory");
}

BOOST_AUTO_TEST_SUITE_END()
