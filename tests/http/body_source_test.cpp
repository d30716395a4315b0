// Bodies on a stream in memory: however the bytes come, and whatever fails.
#include "http/body_source.hpp"

#include "support/memory_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

namespace asio = boost::asio;
using namespace gantry;

namespace {

/// A request whose head was read, together with `buffered` bytes behind it.
struct request : test::memory_stream {
  explicit request(const std::string& fields, std::string body, std::size_t buffered = 0) {
    const auto head_text = "PUT /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    parser.body_limit(boost::none);
    net::error_code ec;
    parser.put(asio::buffer(head_text), ec);
    BOOST_REQUIRE(!ec);
    head.emplace(http::request_head::of(parser).value());
    buffered = std::min(buffered, body.size());
    asio::buffer_copy(buffer.prepare(buffered), asio::buffer(body));
    buffer.commit(buffered);
    script->input = body.substr(buffered);
    source.emplace(peer, buffer, *head, limits);
  }

  /// Reads to the end or to a fault, in spaces of `step` bytes.
  asio::awaitable<void> read_all(std::size_t step = 4) {
    std::array<std::byte, 64> space;
    for (;;) {
      const auto came = co_await source->read(std::span{space}.first(step));
      if (!came) {
        fault = came.error();
        co_return;
      }
      if (*came == 0)
        co_return;
      got.append(reinterpret_cast<const char*>(space.data()), *came);
    }
  }

  /// What is left for the next request.
  std::string rest() const {
    return std::string{static_cast<const char*>(buffer.data().data()), buffer.size()} +
           script->input;
  }

  boost::beast::flat_buffer buffer;
  http::request_parser parser;
  http::options limits;
  std::optional<http::request_head> head;
  std::optional<http::body_source> source;
  std::string got;
  std::optional<http::refusal> fault;
};

struct framing {
  const char* what;
  std::string fields;
  std::string bytes;

  friend std::ostream& operator<<(std::ostream& out, const framing& row) { return out << row.what; }
};

const std::string content = "hello wide world";
const std::string next_request = "GET /next";

const framing framings[] = {
  {"a length", "Content-Length: 16\r\n", content},
  {"chunks", "Transfer-Encoding: chunked\r\n",
   "5\r\nhello\r\n1;x=y\r\n \r\na\r\nwide world\r\n0\r\n\r\n"},
  {"an expectation", "Expect: 100-continue\r\nContent-Length: 16\r\n", content},
};

constexpr std::size_t splits[] = {0, 1, 5, 1000};
} // namespace

BOOST_AUTO_TEST_SUITE(body_source)

BOOST_DATA_TEST_CASE(a_body_is_read_whole_however_it_comes,
                     boost::unit_test::data::make(framings) * boost::unit_test::data::make(splits) *
                       boost::unit_test::data::make(test::flows),
                     row, buffered, stutters) {
  for (const std::size_t piece : {1, 2, 7, 1000})
    for (const std::size_t step : {1, 4, 64}) {
      request asked{row.fields, row.bytes + next_request, buffered};
      asked.script->piece = piece;
      asked.script->stutters = stutters;
      asked.complete(asked.read_all(step));
      BOOST_TEST(!asked.fault.has_value());
      BOOST_TEST(asked.got == content);
      BOOST_TEST(asked.source->is_done());
      BOOST_TEST(!asked.source->is_broken());
      BOOST_TEST(asked.rest() == next_request);
    }
}

BOOST_DATA_TEST_CASE(a_body_ends_at_the_operation_that_fails,
                     boost::unit_test::data::make(framings) *
                       boost::unit_test::data::make(test::flows),
                     row, stutters) {
  const auto read = [&](std::size_t fails_at) {
    auto asked = std::make_unique<request>(row.fields, row.bytes);
    asked->script->piece = 3;
    asked->script->stutters = stutters;
    asked->script->fails_at = fails_at;
    asked->script->failure = asio::error::connection_reset;
    asked->complete(asked->read_all());
    return asked;
  };
  const auto operations = read(0)->script->operations;
  BOOST_REQUIRE(operations > 4u);
  for (std::size_t n = 1; n <= operations; ++n)
    BOOST_TEST_CONTEXT("operation " << n << " of " << operations) {
      const auto broken = read(n);
      BOOST_REQUIRE(broken->fault.has_value());
      BOOST_CHECK(broken->fault->code == http::refusal_code::malformed);
      BOOST_TEST(broken->fault->detail == "the connection broke");
      BOOST_TEST(broken->source->is_broken());
      BOOST_TEST(!broken->source->is_done());
      BOOST_TEST(content.starts_with(broken->got));
    }
}

BOOST_DATA_TEST_CASE(a_body_that_ends_early_is_refused_and_what_came_is_given,
                     boost::unit_test::data::make(framings), row) {
  request asked{row.fields, row.bytes.substr(0, row.bytes.size() - 1)};
  asked.complete(asked.read_all());
  BOOST_REQUIRE(asked.fault.has_value());
  BOOST_TEST(asked.fault->detail == "the connection ended within the body");
  BOOST_TEST(asked.source->is_broken());
  BOOST_TEST(content.starts_with(asked.got));
  BOOST_TEST(asked.got.size() >= content.size() - 1);
}

BOOST_DATA_TEST_CASE(a_body_that_stays_away_is_too_slow, boost::unit_test::data::make(framings),
                     row) {
  request asked{row.fields, row.bytes.substr(0, 8)};
  asked.script->falls_silent = true;
  asked.begin(asked.read_all());
  asked.run();
  BOOST_TEST(!asked.has_ended);
  BOOST_CHECK(asked.peer.phase() == net::connection_phase::receiving);
  asked.peer.check_deadline(asked.peer.deadline());
  asked.run();
  BOOST_TEST(asked.has_ended);
  BOOST_REQUIRE(asked.fault.has_value());
  BOOST_CHECK(asked.fault->code == http::refusal_code::too_slow);
  BOOST_TEST(content.starts_with(asked.got));
  BOOST_TEST(!asked.got.empty());
}

BOOST_AUTO_TEST_CASE(continue_is_said_once_and_only_to_a_client_that_is_read) {
  request read{framings[2].fields, content};
  read.complete(read.read_all(1));
  BOOST_TEST(read.script->output == "HTTP/1.1 100 Continue\r\n\r\n");
  request unread{framings[2].fields, content};
  BOOST_TEST(!unread.source->can_be_passed_over(1000)); // it may send the body, or leave it
  BOOST_TEST(unread.script->output == "");
}

BOOST_DATA_TEST_CASE(a_plan_may_reset_the_connection_within_a_body,
                     boost::unit_test::data::make(framings) * boost::unit_test::data::make(splits) *
                       boost::unit_test::data::make(test::flows),
                     row, buffered, stutters) {
  for (const std::size_t bytes : {0, 1, 7, 15}) {
    request asked{row.fields, row.bytes, buffered};
    asked.script->stutters = stutters;
    asked.source->follow({.reset_after = bytes});
    asked.complete(asked.read_all());
    BOOST_REQUIRE(asked.fault.has_value());
    BOOST_TEST(asked.got == content.substr(0, bytes));
    BOOST_TEST(asked.source->is_broken());
    BOOST_TEST(asked.source->ends_in_reset());
    BOOST_TEST(!asked.script->is_reset); // the session does that
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_longer_than_the_plan_is_read_whole) {
  request asked{framings[0].fields, content};
  asked.source->follow({.reset_after = content.size()});
  asked.complete(asked.read_all());
  BOOST_TEST(asked.got == content);
  BOOST_TEST(asked.source->is_done());
  BOOST_TEST(!asked.source->ends_in_reset());
}

BOOST_DATA_TEST_CASE(a_body_is_read_at_the_rate_of_its_plan, boost::unit_test::data::make(framings),
                     row) {
  request asked{row.fields, row.bytes};
  asked.source->follow({.rate = 200});
  asked.begin(asked.read_all(64));
  asked.run();
  // Those of a twentieth of a second; the framing of chunks counts, too.
  BOOST_TEST(content.substr(0, 10).starts_with(asked.got));
  BOOST_TEST(!asked.got.empty());
  BOOST_TEST(!asked.has_ended);
  BOOST_CHECK(asked.peer.phase() == net::connection_phase::working); // no client is too slow
  asked.context.restart();
  asked.context.run();
  BOOST_TEST(asked.has_ended);
  BOOST_TEST(asked.got == content);
}

BOOST_AUTO_TEST_CASE(chunks_that_are_none_break_the_connection) {
  for (const auto* bytes : {"xyz\r\nhello", "5\r\nhelloworld", "5hello", "fffffffffffffffff\r\n"})
    BOOST_TEST_CONTEXT(bytes) {
      request asked{framings[1].fields, bytes};
      asked.complete(asked.read_all());
      BOOST_REQUIRE(asked.fault.has_value());
      BOOST_CHECK(asked.fault->code == http::refusal_code::malformed);
      BOOST_TEST(asked.source->is_broken());
      BOOST_TEST(!asked.source->can_be_passed_over(1000));
    }
}

BOOST_DATA_TEST_CASE(what_is_left_can_be_dropped_up_to_a_limit,
                     (boost::unit_test::data::make(framings[0]) +
                      boost::unit_test::data::make(framings[1])) *
                       boost::unit_test::data::make(test::flows),
                     row, stutters) {
  const auto discard = [&](std::uint64_t limit) {
    auto asked = std::make_unique<request>(row.fields, row.bytes + next_request);
    asked->script->piece = 3;
    asked->script->stutters = stutters;
    bool all = false;
    asked->complete([](request& from, std::uint64_t most, bool& dropped) -> asio::awaitable<void> {
      dropped = co_await from.source->discard(most);
    }(*asked, limit, all));
    BOOST_TEST(all == asked->source->is_done());
    return std::pair{all, asked->rest()};
  };
  BOOST_TEST(discard(content.size()).first);
  BOOST_TEST(discard(content.size()).second == next_request);
  if (stutters) // else all that is there is taken at once
    BOOST_TEST(!discard(3).first);
}

BOOST_AUTO_TEST_CASE(a_length_tells_whether_a_body_can_be_passed_over) {
  request asked{framings[0].fields, content};
  BOOST_TEST(asked.source->can_be_passed_over(16));
  BOOST_TEST(!asked.source->can_be_passed_over(15));
  BOOST_TEST(asked.rest() == content); // nothing was read for it
}

BOOST_AUTO_TEST_CASE(chunks_are_passed_over_if_their_end_has_come) {
  request whole{framings[1].fields, framings[1].bytes + next_request};
  BOOST_TEST(whole.source->can_be_passed_over(1000));
  BOOST_TEST(whole.rest() == next_request);
  request part{framings[1].fields, framings[1].bytes.substr(0, 10)};
  part.script->falls_silent = true;
  BOOST_TEST(!part.source->can_be_passed_over(1000));
}

BOOST_AUTO_TEST_SUITE_END()
