// Layers of pseudo-random bytes.
#include "synthesis/layer.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>

BOOST_AUTO_TEST_SUITE(layer)

using namespace gantry;
using namespace gantry::synthesis;

namespace {

std::string bytes_of(const layer_recipe& recipe, const std::optional<layer_facts>& known = {}) {
  std::string bytes;
  make_layer(
    recipe,
    [&bytes](auto piece) {
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    },
    known);
  return bytes;
}

layer_facts facts_of(const layer_recipe& recipe) {
  return make_layer(recipe, [](auto) {});
}

} // namespace

BOOST_AUTO_TEST_CASE(the_facts_are_those_of_the_bytes) {
  for (const std::uint64_t size : {0U, 1U, 1000U, 65536U, 100'001U}) {
    const auto bytes = bytes_of({7, size});
    BOOST_TEST(bytes.size() == packed_size(size));
    BOOST_TEST((facts_of({7, size}).id == digest::of(bytes)));
  }
}

BOOST_AUTO_TEST_CASE(known_facts_change_no_byte) {
  const layer_recipe recipe{3, 150'000};
  BOOST_TEST((bytes_of(recipe, facts_of(recipe)) == bytes_of(recipe)));
}

BOOST_AUTO_TEST_CASE(streams_and_sizes_differ) {
  BOOST_TEST((facts_of({1, 1000}).id != facts_of({2, 1000}).id));
  BOOST_TEST((facts_of({1, 1000}).unpacked != facts_of({1, 1001}).unpacked));
}

// If this fails, files give other digests than they did before: users have written those down.
BOOST_AUTO_TEST_CASE(the_bytes_are_the_same_on_every_machine) {
  BOOST_TEST(facts_of({1, 1024}).id.to_string() ==
             "sha256:7abd0dfdc60dcf16863c13a0030c5760101d79a8565cd5e45e39e90dcf4c8302");
  BOOST_TEST(facts_of({1, 1'000'000}).id.to_string() ==
             "sha256:23e60bb5f3a296a0bcd0d7134a91c611dbd55420d3f37a865d346f6296fd3900");
}

BOOST_AUTO_TEST_CASE(it_unpacks_to_one_file) {
  const test::temp_dir folder;
  const auto file = folder.write("layer.tar.gz", bytes_of({5, 12345})).string();
  const auto command = "cd " + folder.path().string() + " && tar -xzf " + file;
  BOOST_TEST(std::system(command.c_str()) == 0);
  BOOST_TEST(std::filesystem::file_size(folder.path() / "content") == 12345U);
}

BOOST_AUTO_TEST_SUITE_END()
