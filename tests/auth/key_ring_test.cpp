// The keys that seal tokens.
#include "auth/key_ring.hpp"

#include "base/file_text.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(key_ring)

namespace {

using ring = gantry::auth::key_ring;
using gantry::read_file;
using gantry::test::temp_dir;

struct with_time {
  temp_dir folder;
  std::filesystem::path file = folder.path() / "token.keys";
  ring::clock::time_point now{std::chrono::days{20'000}};

  auto clock() {
    return [this] { return now; };
  }
  std::string text() const { return read_file(file, 100'000).value_or(""); }
  auto keys_in_file() const {
    const auto all = text();
    return std::ranges::count(all, '\n');
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_is_closed_can_be_opened, with_time) {
  ring keys{clock()};
  const auto sealed = keys.close("a text");
  BOOST_TEST(sealed.find("a text") == std::string::npos);
  BOOST_TEST(keys.open(sealed).value() == "a text");
  BOOST_TEST(keys.close("a text") != sealed);
}

BOOST_FIXTURE_TEST_CASE(what_others_closed_or_changed_cannot, with_time) {
  ring keys{clock()};
  ring others{clock()};
  const auto sealed = keys.close("a text");
  BOOST_TEST(!others.open(sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(!keys.open(changed), "byte " << i);
    BOOST_TEST(!keys.open(sealed.substr(0, i)), "up to " << i);
  }
}

BOOST_FIXTURE_TEST_CASE(keys_rotate_and_open_what_former_ones_closed, with_time) {
  ring keys{file, clock()};
  BOOST_TEST(keys_in_file() == 1);
  const auto first = keys.close("first");
  now += ring::rotation;
  const auto second = keys.close("second");
  BOOST_TEST(keys_in_file() == 2);
  BOOST_TEST(first.substr(0, 8) != second.substr(0, 8));
  BOOST_TEST(keys.open(first).value() == "first");
  now += ring::memory;
  keys.close("third");
  BOOST_TEST(keys_in_file() == 2); // the first could have closed nothing that is still remembered
  BOOST_TEST(!keys.open(first));
  BOOST_TEST(keys.open(second).value() == "second");
}

BOOST_FIXTURE_TEST_CASE(a_file_keeps_them_for_the_next_process, with_time) {
  const auto sealed = ring{file, clock()}.close("a text");
  ring next{file, clock()};
  BOOST_TEST(next.open(sealed).value() == "a text");
  const auto mode = std::filesystem::status(file).permissions();
  BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_FIXTURE_TEST_CASE(processes_may_share_a_file, with_time) {
  ring one{file, clock()};
  ring other{file, clock()};
  now += ring::rotation;
  const auto sealed = one.close("a text");
  BOOST_TEST(other.open(sealed).value() == "a text");
  other.close("another");
  BOOST_TEST(keys_in_file() == 2); // it took over the key of the other
}

BOOST_FIXTURE_TEST_CASE(a_broken_file_is_refused, with_time) {
  for (const auto* const text : {"", "nonsense\n", "1700000000 c2hvcnQ=\n", "x AAAA\n"}) {
    folder.write("token.keys", text);
    BOOST_CHECK_EXCEPTION((ring{file, clock()}), std::runtime_error, [this](const auto& wrong) {
      return std::string{wrong.what()}.starts_with(file.string());
    });
  }
}

BOOST_FIXTURE_TEST_CASE(a_place_without_a_folder_is_refused, with_time) {
  BOOST_CHECK_THROW((ring{folder.path() / "no" / "keys", clock()}), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(a_key_that_cannot_be_written_is_kept_in_memory, with_time) {
  const auto place = folder.path() / "deep";
  std::filesystem::create_directory(place);
  ring keys{place / "token.keys", clock()};
  std::filesystem::remove_all(place);
  now += ring::rotation;
  const auto sealed = keys.close("a text");
  BOOST_TEST(keys.open(sealed).value() == "a text");
  BOOST_TEST(keys.close("another").substr(0, 8) == sealed.substr(0, 8));
}

BOOST_AUTO_TEST_SUITE_END()
