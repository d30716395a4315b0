// Compression, checked by decompressing with zlib.
#include "transfer/gzip_writer.hpp"

#include "transfer/tar_file.hpp"

#include <boost/test/unit_test.hpp>

#include <span>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(gzip_writer)

namespace {

std::string pack(std::string_view content, std::size_t piece) {
  std::string packed;
  gantry::transfer::gzip_writer writer{[&packed](std::span<const std::byte> bytes) {
    packed.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }};
  for (; !content.empty(); content.remove_prefix(std::min(piece, content.size())))
    writer.append(std::as_bytes(std::span{content.substr(0, piece)}));
  writer.finish();
  return packed;
}

/// Almost incompressible, and longer than every buffer.
std::string noise() {
  std::string bytes(300'000, '\0');
  std::uint32_t state = 1;
  for (auto& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

} // namespace

BOOST_AUTO_TEST_CASE(compression_round_trips) {
  BOOST_TEST(gantry::test::unpack(pack("", 1)).empty());
  BOOST_TEST(gantry::test::unpack(pack("hello", 2)) == "hello");
  const auto bytes = noise();
  BOOST_TEST((gantry::test::unpack(pack(bytes, 70'000)) == bytes));
}

BOOST_AUTO_TEST_CASE(the_same_bytes_give_the_same_file) {
  const auto bytes = noise();
  BOOST_TEST((pack(bytes, bytes.size()) == pack(bytes, bytes.size())));
  BOOST_TEST(pack(std::string(100'000, 'x'), 1000).size() < 1000U);
}

BOOST_AUTO_TEST_SUITE_END()
