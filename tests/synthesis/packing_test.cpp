// Tar and gzip files, as other programs read them.
#include "synthesis/packing.hpp"

#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

BOOST_AUTO_TEST_SUITE(packing)

using namespace gantry::synthesis;
using gantry::test::output_of;
using gantry::test::temp_dir;

BOOST_AUTO_TEST_CASE(gzip_unpacks_what_was_packed) {
  const temp_dir folder;
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 131070U, 200000U}) {
    std::string content;
    for (std::size_t i = 0; i < size; ++i)
      content.push_back(static_cast<char>(i * 7 % 251));
    const auto packed = make_gzip(content);
    BOOST_TEST(packed.size() == stored_gzip::size(size));
    const auto file = folder.write("packed.gz", packed);
    BOOST_TEST((output_of("gzip -dc " + file.string()) == content));
  }
}

BOOST_AUTO_TEST_CASE(the_pieces_do_not_change_the_file) {
  const std::string content(200'000, 'x');
  for (const std::size_t piece : {1000U, 65535U, 65537U}) {
    std::string packed;
    stored_gzip packer{content.size(), [&](auto bytes) {
                         packed.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                       }};
    for (std::size_t at = 0; at < content.size(); at += piece)
      packer.append(std::as_bytes(std::span{std::string_view{content}.substr(at, piece)}));
    packer.finish();
    BOOST_TEST((packed == make_gzip(content)));
  }
}

BOOST_AUTO_TEST_CASE(tar_reads_name_mode_and_content) {
  const temp_dir folder;
  for (const std::size_t size : {0U, 1U, 512U, 513U}) {
    const std::string content(size, 'c');
    const auto tar = make_tar("some-file", content, size == 1);
    BOOST_TEST(tar.size() == tar_size(size));
    const auto file = folder.write("file.tar", tar).string();
    const std::string mode = size == 1 ? "-rwxr-xr-x" : "-rw-r--r--";
    BOOST_TEST(output_of("tar -tvf " + file).starts_with(mode + " 0/0"));
    BOOST_TEST(output_of("tar -xOf " + file + " some-file") == content);
  }
}

BOOST_AUTO_TEST_SUITE_END()
