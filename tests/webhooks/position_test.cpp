// How far an endpoint has got.
#include "webhooks/position.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace gantry::webhooks;
using gantry::test::temp_dir;

BOOST_AUTO_TEST_SUITE(position)

BOOST_AUTO_TEST_CASE(what_is_saved_is_loaded_by_the_next_process) {
  const temp_dir folder;
  const auto below = folder.path() / "webhooks";
  BOOST_TEST(!position_file(below, "one").load());
  BOOST_TEST(!std::filesystem::exists(below));
  position_file(below, "one").save(17);
  position_file(below, "one").save(18);
  position_file(below, "other").save(0);
  BOOST_TEST(position_file(below, "one").load().value() == 18U);
  BOOST_TEST(position_file(below, "other").load().value() == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_folder_nothing_is_kept) {
  const position_file none{{}, "one"};
  none.save(17);
  BOOST_TEST(!none.load());
}

BOOST_AUTO_TEST_CASE(a_file_without_a_number_says_what_to_do) {
  const temp_dir folder;
  for (const auto* text : {"", "x\n", "-1\n", "17", "1 7\n"}) {
    folder.write("one", text);
    BOOST_CHECK_EXCEPTION(position_file(folder.path(), "one").load(), std::runtime_error,
                          [](const std::runtime_error& wrong) {
                            return std::string{wrong.what()}.find("delete the file") !=
                                   std::string::npos;
                          });
  }
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_an_error) {
  const temp_dir folder;
  folder.write("file", "");
  BOOST_CHECK_THROW(position_file(folder.path() / "file", "one").save(1), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
