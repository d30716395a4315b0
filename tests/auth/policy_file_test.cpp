#include "auth/policy_file.hpp"

#include "support/temp_dir.hpp"
#include "telemetry/log.hpp"

#include <boost/test/unit_test.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using gantry::test::temp_dir;

namespace {

const std::string allows = "version: 1\nrules: [{allow: catalog, users: alice}]\n";
const std::string denies = "version: 1\nrules: []\n";

/// What goes to the server's log meanwhile.
class logged_lines {
public:
  logged_lines() { gantry::telemetry::log().sinks().push_back(sink_); }
  ~logged_lines() { gantry::telemetry::log().sinks().pop_back(); }

  std::size_t count() const {
    const auto text = lines_.str();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  std::string text() const { return lines_.str(); }

private:
  std::ostringstream lines_;
  std::shared_ptr<spdlog::sinks::sink> sink_ =
    std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_);
};

struct with_file {
  temp_dir folder;
  std::filesystem::path path = folder.path() / "policy.yml";
  gantry::auth::policy_file::clock::time_point now{1000h};

  explicit with_file(const std::string& text = allows) { folder.write("policy.yml", text); }

  static bool allow(gantry::auth::policy_file& file) {
    const auto rules = file.take();
    return rules->rights_of(gantry::policy::subject::user_named("alice"))
      .may(gantry::policy::action::catalog);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(policy_file, with_file)

BOOST_AUTO_TEST_CASE(a_change_counts_after_a_second) {
  gantry::auth::policy_file file{path, [this] { return now; }};
  BOOST_TEST(allow(file));
  folder.write("policy.yml", denies);
  BOOST_TEST(allow(file));
  now += 1s;
  BOOST_TEST(!allow(file));
}

BOOST_AUTO_TEST_CASE(a_broken_file_keeps_the_policy_and_is_logged_once) {
  gantry::auth::policy_file file{path, [this] { return now; }};
  const logged_lines lines;
  folder.write("policy.yml", "version: 1\nrules: [{alow: catalog, users: alice}]\n");
  for (int i = 0; i < 3; ++i) {
    now += 1s;
    BOOST_TEST(allow(file));
  }
  BOOST_TEST(lines.count() == 1u);
  BOOST_TEST(lines.text().find("line 2, column 10: 'alow' is not a key of a rule; did you mean "
                               "'allow'?; the policy of before stays in force") !=
             std::string::npos);
  std::filesystem::remove(path);
  for (int i = 0; i < 3; ++i) {
    now += 1s;
    BOOST_TEST(allow(file));
  }
  BOOST_TEST(lines.count() == 2u);
  folder.write("policy.yml", denies);
  now += 1s;
  BOOST_TEST(!allow(file));
}

BOOST_AUTO_TEST_CASE(a_reload_does_not_wait) {
  gantry::auth::policy_file file{path, [this] { return now; }};
  folder.write("policy.yml", denies);
  BOOST_TEST(file.reload());
  BOOST_TEST(!allow(file));
  folder.write("policy.yml", "rules");
  const logged_lines lines;
  BOOST_TEST(!file.reload());
  BOOST_TEST(!allow(file));
  BOOST_TEST(lines.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_start_needs_a_policy) {
  const auto refusal = [this] {
    try {
      const gantry::auth::policy_file file{path};
      return std::string{"accepted"};
    } catch (const std::runtime_error& wrong) {
      return std::string{wrong.what()};
    }
  };
  folder.write("policy.yml", "version: 3\nrules: []\n");
  BOOST_TEST(refusal() ==
             path.string() + ": line 1, column 10: version: '3' is not known: write 1");
  folder.write("policy.yml", std::string(2'000'000, ' '));
  BOOST_TEST(refusal() == path.string() + ": this file cannot be read");
  std::filesystem::remove(path);
  BOOST_TEST(refusal() == path.string() + ": this file cannot be read");
}

BOOST_AUTO_TEST_SUITE_END()
