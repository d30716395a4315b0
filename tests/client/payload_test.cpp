#include "client/payload.hpp"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace client = gantry::client;

namespace {

struct buffered {
  std::string text;
  std::size_t buffers;
};

buffered read(const client::payload& body) {
  std::vector<asio::const_buffer> buffers;
  body.append_to(buffers);
  return {{asio::buffers_begin(buffers), asio::buffers_end(buffers)}, buffers.size()};
}

struct part {
  std::uint64_t offset;
  const char* text;
  std::size_t buffers;
};

std::ostream& operator<<(std::ostream& out, const part& value) {
  return out << value.offset << ' ' << value.text;
}

/// Slices of `abcabcab` and `XYZ`.
const part parts[] = {
  {0, "abcabcabXYZ", 4}, {0, "", 0},    {1, "bc", 1}, {1, "bca", 2},
  {4, "bcabXY", 3},      {8, "XYZ", 1}, {9, "Y", 1},  {11, "", 0},
};

} // namespace

BOOST_AUTO_TEST_SUITE(payload)

BOOST_DATA_TEST_CASE(a_part_of_a_repeated_block_and_its_tail_is_read, parts) {
  const client::payload whole{"abc", "XYZ", 11};
  const std::string text = sample.text;
  const auto got = read(whole.slice(sample.offset, text.size()));
  BOOST_TEST(got.text == text);
  BOOST_TEST(got.buffers == sample.buffers);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_part_is_read) {
  const client::payload whole{"abc", "XYZ", 11};
  BOOST_TEST(read(whole.slice(2, 8).slice(3, 4).slice(0, 4)).text == "cabX");
}

BOOST_AUTO_TEST_CASE(bytes_are_one_buffer) {
  const client::payload body{"hello"};
  BOOST_TEST(body.size() == 5u);
  BOOST_TEST(read(body).text == "hello");
  BOOST_TEST(read(body).buffers == 1u);
  BOOST_TEST(read(client::payload{}).buffers == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
