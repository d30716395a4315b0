// Listening sockets in the file system.
#include "net/socket_file.hpp"

#include "support/temp_dir.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace gantry;
namespace asio = boost::asio;
using local = asio::local::stream_protocol;

namespace {

struct sockets {
  bool can_connect() {
    local::socket client{context};
    boost::system::error_code failed;
    client.connect(local::endpoint{name}, failed);
    return !failed;
  }

  test::temp_dir folder;
  std::string name = (folder.path() / "s.sock").string();
  asio::io_context context{1};
};

bool is_in_use(const boost::system::system_error& failed) {
  return failed.code() == asio::error::address_in_use;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(socket_file, sockets)

BOOST_AUTO_TEST_CASE(every_thread_accepts_from_one_queue) {
  asio::io_context other{1};
  const net::socket_file file{name};
  auto doors = file.acceptors({&context, &other});
  BOOST_REQUIRE(doors.size() == 2u);
  for (auto& door : doors) {
    BOOST_TEST(can_connect());
    net::stream_socket accepted{context};
    door.accept(accepted);
    BOOST_TEST(accepted.is_open());
  }
}

BOOST_AUTO_TEST_CASE(the_file_goes_with_its_owner) {
  {
    const net::socket_file file{name};
    BOOST_TEST(std::filesystem::is_socket(name));
  }
  BOOST_TEST(!std::filesystem::exists(name));
}

BOOST_AUTO_TEST_CASE(a_socket_of_a_process_that_ended_is_replaced) {
  { local::acceptor ended{context, local::endpoint{name}}; }
  BOOST_REQUIRE(std::filesystem::is_socket(name));
  const net::socket_file file{name};
  BOOST_TEST(can_connect());
}

BOOST_AUTO_TEST_CASE(what_is_in_use_stays) {
  const net::socket_file first{name};
  BOOST_CHECK_EXCEPTION(net::socket_file{name}, boost::system::system_error, is_in_use);
  BOOST_TEST(can_connect());
  const auto plain = (folder.path() / "file").string();
  std::ofstream{plain} << "content";
  BOOST_CHECK_EXCEPTION(net::socket_file{plain}, boost::system::system_error, is_in_use);
  BOOST_TEST(std::filesystem::file_size(plain) == 7u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_absent_is_reported) {
  BOOST_CHECK_THROW(net::socket_file{(folder.path() / "no" / "s").string()},
                    boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
