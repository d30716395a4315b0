// A connection on a stream in memory: what it reads and writes, in which slices, and what becomes
// of it if an operation fails or a deadline passes.
#include "net/connection.hpp"

#include "base/byte_budget.hpp"
#include "net/tcp_transport.hpp"
#include "support/memory_stream.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace gantry;
using namespace std::chrono_literals;
using net::error_code;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

struct stream : test::memory_stream {
  error_code ec;

  asio::awaitable<void> read_to_end(std::string& into) {
    std::array<char, 5> space;
    while (!ec) {
      const auto came = co_await peer.read_some(asio::buffer(space), ec);
      into.append(space.data(), came);
    }
  }
};

struct large_file {
  explicit large_file(std::uint64_t size) {
    const auto path = folder.path() / "large";
    const std::ofstream created{path};
    std::filesystem::resize_file(path, size);
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(descriptor >= 0);
  }
  ~large_file() { ::close(descriptor); }

  test::temp_dir folder;
  int descriptor;
};

const auto pieces = boost::unit_test::data::make({1, 3, 7, 1000});

/// Does `work` once, and again with each of its operations failing.
void break_each(const std::function<void(stream&)>& prepare,
                const std::function<asio::awaitable<void>(stream&)>& work) {
  stream good;
  prepare(good);
  good.complete(work(good));
  BOOST_REQUIRE(good.script->operations > 0u);
  for (std::size_t n = 1; n <= good.script->operations; ++n)
    BOOST_TEST_CONTEXT("operation " << n << " of " << good.script->operations) {
      stream broken;
      prepare(broken);
      broken.script->fails_at = n;
      broken.script->failure = asio::error::connection_reset;
      broken.complete(work(broken));
      BOOST_TEST(broken.ec == asio::error::connection_reset);
      BOOST_TEST(broken.script->operations == n); // it stopped there
      BOOST_TEST(good.script->output.starts_with(broken.script->output));
      BOOST_TEST(broken.peer.bytes_sent() == broken.script->output.size());
      BOOST_TEST(!broken.peer.timed_out());
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection, stream)

BOOST_DATA_TEST_CASE_F(stream, head_and_body_are_written_whole_whatever_the_stream_takes,
                       pieces* boost::unit_test::data::make(test::flows), piece, stutters) {
  script->piece = static_cast<std::size_t>(piece);
  script->stutters = stutters;
  complete(peer.write("head", "the body", false, ec));
  BOOST_TEST(!ec);
  BOOST_TEST(script->output == "headthe body");
  BOOST_TEST(peer.bytes_sent() == 12u);
}

BOOST_AUTO_TEST_CASE(what_is_not_taken_at_once_is_left_to_the_caller) {
  script->stutters = true;
  std::string_view head = "head";
  std::string_view body = "body";
  BOOST_TEST(!peer.write_ready(head, body, false, ec));
  BOOST_TEST(!ec);
  BOOST_TEST((head == "head" && body == "body"));
  script->stutters = false;
  BOOST_TEST(peer.write_ready(head, body, false, ec));
  BOOST_TEST((head.empty() && body.empty()));
  BOOST_TEST(script->output == "headbody");
}

BOOST_DATA_TEST_CASE(a_write_stops_at_the_operation_that_fails,
                     boost::unit_test::data::make(test::flows), stutters) {
  break_each(
    [stutters](stream& each) {
      each.script->piece = 2;
      each.script->stutters = stutters;
    },
    [](stream& each) { return each.peer.write("head", "the body", false, each.ec); });
}

BOOST_DATA_TEST_CASE(a_read_stops_at_the_operation_that_fails,
                     boost::unit_test::data::make(test::flows), stutters) {
  std::string bytes;
  stream good;
  good.script->input = "some bytes";
  good.script->piece = 3;
  good.script->stutters = stutters;
  good.complete(good.read_to_end(bytes));
  BOOST_TEST(good.ec == asio::error::eof);
  BOOST_TEST(bytes == "some bytes");
  for (std::size_t n = 1; n < good.script->operations; ++n)
    BOOST_TEST_CONTEXT("operation " << n) {
      std::string came;
      stream broken;
      *broken.script = {.input = "some bytes", .piece = 3, .stutters = stutters, .fails_at = n};
      broken.script->failure = asio::error::connection_reset;
      broken.complete(broken.read_to_end(came));
      BOOST_TEST(broken.ec == asio::error::connection_reset);
      BOOST_TEST(came == bytes.substr(0, 3 * (n - 1)));
    }
}

BOOST_AUTO_TEST_CASE(a_ready_read_takes_what_is_there_and_then_tells_the_end) {
  script->input = "0123456789";
  script->piece = 3;
  std::array<std::byte, 8> space;
  BOOST_TEST(peer.read_ready(space, ec) == 8u);
  BOOST_TEST(!ec);
  BOOST_TEST(peer.read_ready(space, ec) == 2u);
  BOOST_TEST(ec == asio::error::eof);
}

BOOST_AUTO_TEST_CASE(a_ready_read_of_a_silent_peer_takes_nothing) {
  script->falls_silent = true;
  std::array<std::byte, 8> space;
  BOOST_TEST(peer.read_ready(space, ec) == 0u);
  BOOST_TEST(!ec);
}

BOOST_AUTO_TEST_CASE(a_peer_has_ended_when_it_closed_and_its_bytes_are_read) {
  using asio::ip::tcp;
  tcp::acceptor door{context, {asio::ip::address_v4::loopback(), 0}};
  tcp::socket client{context};
  client.connect(door.local_endpoint());
  net::connection asked{std::make_unique<net::tcp_transport>(door.accept()), 1s};
  BOOST_TEST(!asked.has_ended());
  asio::write(client, asio::buffer("G", 1));
  client.close();
  while (!asked.has_bytes())
    continue;
  BOOST_TEST(!asked.has_ended());
  std::array<std::byte, 1> space;
  BOOST_TEST(asked.read_ready(space, ec) == 1u);
  while (!asked.has_ended()) // the end may come after the bytes
    continue;
}

BOOST_AUTO_TEST_CASE(bytes_are_dropped_up_to_about_the_limit) {
  script->input.assign(100'000, 'x');
  const auto dropped = peer.drop_ready(20'000, ec);
  BOOST_TEST(dropped >= 20'000u);
  BOOST_TEST(dropped <= 20'000u + 16 * 1024);
  BOOST_TEST(script->input.size() == 100'000 - dropped);
}

BOOST_AUTO_TEST_CASE(a_file_goes_out_in_slices) {
  const large_file file{20 * mebibyte + 5};
  complete(peer.send_file(file.descriptor, 3, 20 * mebibyte, ec));
  BOOST_TEST(!ec);
  BOOST_TEST(script->output.size() == 20 * mebibyte);
  BOOST_TEST(script->largest_slice == mebibyte);
}

BOOST_AUTO_TEST_CASE(others_have_their_turn_between_the_slices_of_a_file) {
  const large_file file{20 * mebibyte};
  begin(peer.send_file(file.descriptor, 0, 20 * mebibyte, ec));
  std::vector<std::size_t> turns;
  context.restart();
  while (context.poll_one() > 0)
    turns.push_back(script->output.size());
  BOOST_TEST(has_ended);
  for (std::size_t i = 1; i < turns.size(); ++i)
    BOOST_TEST(turns[i] - turns[i - 1] <= 8 * mebibyte);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_short_ends_the_sending) {
  const large_file file{10};
  complete(peer.send_file(file.descriptor, 0, 11, ec));
  BOOST_TEST(ec == asio::error::eof);
  BOOST_TEST(script->output.size() == 10u);
}

BOOST_DATA_TEST_CASE(a_file_stops_at_the_operation_that_fails,
                     boost::unit_test::data::make(test::flows), stutters) {
  const large_file file{30};
  break_each(
    [stutters](stream& each) {
      each.script->piece = 7;
      each.script->stutters = stutters;
    },
    [sent = file.descriptor](stream& each) { return each.peer.send_file(sent, 0, 30, each.ec); });
}

BOOST_AUTO_TEST_CASE(a_read_ends_when_its_deadline_has_passed_and_not_before) {
  script->falls_silent = true;
  std::string bytes;
  peer.expect_within(1h);
  begin(read_to_end(bytes));
  run();
  peer.check_deadline(peer.deadline() - 1ns);
  run();
  BOOST_TEST(!has_ended);
  peer.check_deadline(peer.deadline());
  run();
  BOOST_TEST(has_ended);
  BOOST_TEST(ec == asio::error::operation_aborted);
  BOOST_TEST(peer.timed_out());
}

BOOST_AUTO_TEST_CASE(a_deadline_that_is_forgiven_counts_anew) {
  script->falls_silent = true;
  peer.expect_within(0s);
  begin(peer.wait_readable(ec));
  run();
  peer.check_deadline(net::steady_clock::now());
  run();
  BOOST_TEST(has_ended);
  peer.forgive_timeout();
  BOOST_TEST(!peer.timed_out());
  peer.expect_within(1h);
  ec = {};
  begin(peer.wait_readable(ec));
  run();
  peer.check_deadline(net::steady_clock::now());
  run();
  BOOST_TEST(!has_ended);
  peer.abort();
  run();
  BOOST_TEST(has_ended);
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_nothing_has_the_send_timeout) {
  script->takes_nothing = true;
  const auto before = net::steady_clock::now();
  begin(peer.write("head", "body", false, ec));
  run();
  BOOST_TEST(!has_ended);
  BOOST_CHECK(peer.deadline() >= before + 10s);
  BOOST_CHECK(peer.deadline() <= net::steady_clock::now() + 10s);
  peer.check_deadline(peer.deadline());
  run();
  BOOST_TEST(has_ended);
  BOOST_TEST(ec == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_that_is_given_up_is_aborted) {
  script->falls_silent = true;
  peer.expect_request(net::steady_clock::time_point::max());
  begin(peer.wait_readable(ec));
  run();
  BOOST_TEST(peer.is_idle());
  peer.give_up();
  run();
  BOOST_TEST(has_ended);
  BOOST_TEST(peer.is_aborted());
  BOOST_TEST(peer.is_given_up());
}

BOOST_AUTO_TEST_CASE(a_body_that_is_given_up_is_late_and_can_still_be_answered) {
  script->falls_silent = true;
  peer.expect_body(net::steady_clock::now(), net::steady_clock::time_point::max());
  begin(peer.wait_readable(ec));
  run();
  peer.give_up();
  run();
  BOOST_TEST(has_ended);
  BOOST_TEST(peer.timed_out());
  BOOST_TEST(!peer.is_aborted());
  BOOST_CHECK(peer.phase() == net::connection_phase::working); // its place is another's
  ec = {};
  complete(peer.write("answer", {}, false, ec));
  BOOST_TEST(script->output == "answer");
}

BOOST_AUTO_TEST_CASE(what_is_aborted_stays_so) {
  script->falls_silent = true;
  peer.expect_within(1h);
  peer.abort();
  begin(peer.wait_readable(ec));
  run();
  peer.check_deadline(net::steady_clock::now());
  run();
  BOOST_TEST(has_ended);
  BOOST_TEST(peer.is_aborted());
}

BOOST_AUTO_TEST_CASE(a_holder_of_bytes_is_cut_only_while_others_wait_for_them) {
  byte_budget share{10};
  share.take_anyway(10);
  script->falls_silent = true;
  peer.expect_within(1h);
  peer.hold(share, 0s);
  begin(peer.wait_readable(ec));
  run();
  peer.check_deadline(net::steady_clock::now());
  run();
  BOOST_TEST(!has_ended);
  const auto waiting = share.wait_for(5, [] {});
  peer.check_deadline(net::steady_clock::now());
  run();
  BOOST_TEST(has_ended);
  BOOST_TEST(peer.timed_out());
  BOOST_TEST(share.leave(waiting));
}

BOOST_AUTO_TEST_CASE(a_holder_whose_bytes_move_is_left_its_patience) {
  byte_budget share{10};
  share.take_anyway(10);
  const auto waiting = share.wait_for(5, [] {});
  peer.expect_within(1h);
  peer.hold(share, 1h);
  peer.check_deadline(net::steady_clock::now());
  BOOST_TEST(!peer.timed_out());
  peer.check_deadline(net::steady_clock::now() + 59min);
  BOOST_TEST(!peer.timed_out());
  peer.hold_no_more();
  peer.expect_within(3h);
  peer.check_deadline(net::steady_clock::now() + 2h);
  BOOST_TEST(!peer.timed_out());
  BOOST_TEST(share.leave(waiting));
}

BOOST_AUTO_TEST_SUITE_END()
