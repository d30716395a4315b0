// Sessions on a stream in memory, which breaks at each of its operations once.
#include "http/session.hpp"

#include "http/range.hpp"
#include "support/memory_stream.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <limits>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace gantry;
using namespace std::chrono_literals;

namespace {

/// Three pieces of text.
class counted_stream final : public http::body_stream {
public:
  asio::awaitable<std::string_view> next(net::error_code&) override {
    static constexpr std::array<std::string_view, 4> pieces{"one", "two", "three", ""};
    co_return pieces[at_++];
  }

private:
  std::size_t at_ = 0;
};

/// Echoes bodies, and answers each path in a way of its own.
class echo final : public http::handler {
public:
  explicit echo(int file) : file_{file} {}

  asio::awaitable<http::response> answer(http::request& asked) override {
    ++begun;
    std::string body;
    std::array<std::byte, 7> space;
    while (!asked.body.is_done()) {
      const auto came = co_await asked.body.read(space);
      if (!came)
        co_return refused(came.error());
      body.append(reinterpret_cast<const char*>(space.data()), *came);
    }
    const auto target = asked.head.target();
    if (target == "/throw")
      throw std::runtime_error{"a bug"};
    auto reply = http::make_text(200, "text/plain", target == "/text" ? "some text" : body);
    if (target == "/file")
      reply.body = http::content_ranges{in_file(), {{0, 9}}, {}};
    if (target == "/ranges")
      reply.body = http::content_ranges{in_file(), {{0, 1}, {4, 9}}, "b"};
    if (target == "/mapped")
      reply.body = http::content_ranges{mapped(), {{2, 9}}, {}};
    if (target == "/mapped-ranges")
      reply.body = http::content_ranges{mapped(), {{0, 1}, {4, 9}}, "b"};
    if (target == "/large")
      reply.body = http::content_ranges{large(), {{1, large().size - 1}}, {}};
    if (const auto* ranges = std::get_if<http::content_ranges>(&reply.body))
      reply.content_length = ranges->length();
    if (target == "/stream" || target == "/endless")
      reply.body = std::make_unique<counted_stream>();
    reply.close = reply.ends_with_connection = target == "/endless";
    if (target == "/cut") {
      reply = http::make_text(200, "text/plain", "0123456789");
      reply.delivery = std::make_unique<http::delivery_plan>();
      reply.delivery->cut_after = 4;
    }
    reply.held = byte_claim{budget};
    static_cast<void>(reply.held.try_grow(1));
    co_return reply;
  }
  http::response refused(const http::refusal& why) override {
    return http::make_text(400, "text/plain", why.detail);
  }
  http::response failed(const http::request_head&) override { return http::make_empty(500); }
  void finished(const http::finished_exchange& what) override {
    statuses.push_back(what.status);
    heads.emplace_back(what.response_head);
    ended += what.head != nullptr;
  }
  void drain() override {}

  std::size_t begun = 0;
  /// Of requests that were begun.
  std::size_t ended = 0;
  std::vector<unsigned> statuses;
  /// Of the responses.
  std::vector<std::string> heads;
  std::shared_ptr<byte_budget> budget = std::make_shared<byte_budget>(100);

  http::content in_file() const {
    http::content made;
    made.size = 10;
    made.file = file_;
    return made;
  }
  /// The file is not touched.
  static http::content mapped() {
    http::content made;
    made.size = 10;
    made.bytes = "0123456789";
    made.file = std::numeric_limits<int>::max();
    return made;
  }

  /// Twenty slices, and four bytes; the same bytes come again after an odd number of them.
  static http::content large() {
    static const std::string text = [] {
      std::string made;
      while (made.size() < 20 * slice + 4)
        made += "0123456789abcdef " + std::to_string(made.size());
      made.resize(20 * slice + 4);
      return made;
    }();
    http::content made;
    made.size = text.size();
    made.bytes = text;
    return made;
  }

  static constexpr std::size_t slice = 1024 * 1024;

private:
  int file_;
};

struct file_of_ten {
  file_of_ten() {
    std::ofstream{folder.path() / "ten"} << "0123456789";
    descriptor = ::open((folder.path() / "ten").c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(descriptor >= 0);
  }
  ~file_of_ten() { ::close(descriptor); }

  test::temp_dir folder;
  int descriptor;
};

/// One connection from its first byte to its last.
struct conversation : test::memory_stream {
  conversation(std::string input, int file, std::size_t piece, bool stutters) : serve{file} {
    script->input = std::move(input);
    script->piece = piece;
    script->stutters = stutters;
  }

  void run() {
    const http::session_context server{settings, serve, draining};
    http::session talk{server, peer};
    complete(talk.run());
    BOOST_TEST(serve.begun == serve.ended);
    BOOST_TEST(serve.budget->used() == 0u);
  }

  /// What is behind the first head.
  std::string_view first_body() const {
    const std::string_view sent{script->output};
    return sent.substr(sent.find("\r\n\r\n") + 4);
  }

  /// The output without what differs from run to run.
  std::string body_text() const {
    std::string text;
    for (std::string_view rest = script->output; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n') + 1);
      if (!line.starts_with("Date: ") && !line.starts_with("X-Request-Id: "))
        text += line;
      rest.remove_prefix(std::max<std::size_t>(line.size(), 1));
    }
    return text;
  }

  http::options settings;
  std::atomic<bool> draining{false};
  echo serve;
};

struct talk {
  const char* what;
  std::string input;
  /// What stands in the output.
  std::vector<std::string> parts;

  friend std::ostream& operator<<(std::ostream& out, const talk& row) { return out << row.what; }
};

std::string get(const std::string& target, const std::string& fields = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\nX-Request-Id: i\r\n" + fields + "\r\n";
}

const talk talks[] = {
  {"a text", get("/text"), {"HTTP/1.1 200 OK\r\n", "Content-Length: 9\r\n", "some text"}},
  {"two at once", get("/text") + get("/text"), {"some textHTTP/1.1 200", "\r\n\r\nsome text"}},
  {"a body",
   "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world" + get("/text"),
   {"hello world", "some text"}},
  {"a body in chunks",
   "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
   "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n" +
     get("/text"),
   {"hello world", "some text"}},
  {"an expectation",
   "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
   {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200", "hi"}},
  {"a file", get("/file") + get("/text"), {"Content-Length: 10\r\n", "0123456789HTTP/1.1 200"}},
  {"ranges of a file", get("/ranges"), {"--b\r\n", "\r\n\r\n01\r\n--b\r\n", "456789\r\n--b--\r\n"}},
  {"a part of what is mapped", get("/mapped") + get("/text"), {"23456789HTTP/1.1 200"}},
  {"ranges of what is mapped",
   get("/mapped-ranges"),
   {"--b\r\n", "\r\n\r\n01\r\n--b\r\n", "456789\r\n--b--\r\n"}},
  {"a stream",
   get("/stream") + get("/text"),
   {"Transfer-Encoding: chunked\r\n", "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\nHTTP/1.1"}},
  {"a stream to an old client",
   "GET /stream HTTP/1.0\r\n\r\n",
   {"Connection: close\r\n", "onetwothree"}},
  {"a stream that ends with its connection",
   get("/endless") + get("/text"),
   {"Connection: close\r\n\r\nonetwothree"}},
  {"a head only",
   "HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n" + get("/text"),
   {"Content-Length: 10\r\n"}},
  {"a refusal", "GET / HTTP/1.1\r\n\r\n", {"HTTP/1.1 400", "Connection: close\r\n"}},
  {"a bug", get("/throw"), {"HTTP/1.1 500", "Connection: close\r\n"}},
  {"a last request", get("/text", "Connection: close\r\n"), {"Connection: close\r\n", "some text"}},
};

} // namespace

BOOST_AUTO_TEST_SUITE(session)

BOOST_DATA_TEST_CASE(a_request_is_answered_however_its_bytes_come,
                     boost::unit_test::data::make(talks) *
                       boost::unit_test::data::make(test::flows),
                     sample, stutters) {
  const file_of_ten file;
  for (const std::size_t piece : {1, 2, 3, 64, 100'000}) {
    conversation one{sample.input, file.descriptor, piece, stutters};
    one.run();
    for (const auto& part : sample.parts)
      BOOST_TEST(one.script->output.find(part) != std::string::npos,
                 part << " in pieces of " << piece << ": " << one.script->output);
  }
}

BOOST_DATA_TEST_CASE(a_connection_may_break_at_any_operation,
                     boost::unit_test::data::make(talks) *
                       boost::unit_test::data::make(test::flows),
                     sample, stutters) {
  const file_of_ten file;
  constexpr std::size_t piece = 64;
  conversation good{sample.input, file.descriptor, piece, stutters};
  good.run();
  const auto expected = good.body_text();
  for (std::size_t n = 1; n <= good.script->operations; ++n) {
    BOOST_TEST_CONTEXT("operation " << n << " of " << good.script->operations) {
      conversation broken{sample.input, file.descriptor, piece, stutters};
      broken.script->fails_at = n;
      broken.script->failure = asio::error::connection_reset;
      broken.run();
      // Nothing is sent that would not have been sent.
      const auto sent = broken.body_text();
      BOOST_TEST(broken.script->operations >= n);
      BOOST_TEST(expected.starts_with(sent));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_response_can_be_cut) {
  const file_of_ten file;
  conversation one{get("/cut") + get("/text"), file.descriptor, 100'000, false};
  one.run();
  BOOST_TEST(one.script->output.ends_with("\r\n\r\n0123"));
  BOOST_REQUIRE(one.serve.heads.size() == 1u);
  BOOST_TEST(one.script->output == one.serve.heads[0] + "0123");
  BOOST_TEST(one.serve.begun == 1u);
}

BOOST_AUTO_TEST_CASE(a_connection_is_reset_after_its_request_has_let_go) {
  /// Holds something while it reads a body that ends in a reset.
  class holder final : public http::handler {
  public:
    explicit holder(const test::stream_script& script) : script_{script} {}

    asio::awaitable<http::response> answer(http::request& asked) override {
      asked.body.follow({.reset_after = 3});
      std::array<std::byte, 16> space;
      while ((co_await asked.body.read(space)).has_value())
        continue;
      was_reset_early = script_.is_reset;
      co_return http::make_empty(400);
    }
    http::response refused(const http::refusal&) override { return http::make_empty(400); }
    http::response failed(const http::request_head&) override { return http::make_empty(500); }
    void finished(const http::finished_exchange&) override {}
    void drain() override {}

    std::optional<bool> was_reset_early;

  private:
    const test::stream_script& script_;
  };
  test::memory_stream stream;
  holder serve{*stream.script};
  stream.script->input = "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  const http::options settings;
  const std::atomic<bool> draining{false};
  const http::session_context server{settings, serve, draining};
  http::session talk{server, stream.peer};
  stream.complete(talk.run());
  BOOST_TEST((serve.was_reset_early == false));
  BOOST_TEST(stream.script->is_reset);
  BOOST_TEST(stream.script->output == "");
}

BOOST_AUTO_TEST_CASE(what_is_large_goes_out_in_slices_and_gives_way) {
  const file_of_ten file;
  conversation one{get("/large") + get("/text"), file.descriptor, 100'000'000, false};
  one.run();
  BOOST_TEST((one.first_body().substr(0, 20 * echo::slice + 3) == echo::large().bytes.substr(1)));
  BOOST_TEST(one.script->output.ends_with("some text"));
  std::vector<std::size_t> slices(20, echo::slice);
  slices.insert(slices.end(), {3, 9});
  BOOST_TEST(one.script->offered == slices, boost::test_tools::per_element());
  BOOST_TEST(one.script->waits == 2u); // after 8 slices each
}

BOOST_AUTO_TEST_CASE(a_connection_may_break_between_slices) {
  const file_of_ten file;
  conversation good{get("/large"), file.descriptor, 100'000'000, false};
  good.run();
  conversation broken{get("/large"), file.descriptor, 100'000'000, false};
  broken.script->fails_at = good.script->operations / 2;
  broken.script->failure = asio::error::connection_reset;
  broken.run();
  BOOST_TEST(broken.first_body().size() % echo::slice == 0u);
  BOOST_TEST(broken.first_body().size() > 5 * echo::slice);
  BOOST_TEST(broken.first_body().size() < 15 * echo::slice);
  BOOST_TEST((good.first_body().starts_with(broken.first_body())));
}

BOOST_AUTO_TEST_CASE(an_unread_body_is_passed_over) {
  class deaf final : public http::handler {
  public:
    asio::awaitable<http::response> answer(http::request&) override {
      co_return http::make_text(200, "text/plain", "no need");
    }
    http::response refused(const http::refusal&) override { return http::make_empty(400); }
    http::response failed(const http::request_head&) override { return http::make_empty(500); }
    void finished(const http::finished_exchange&) override { ++answered; }
    void drain() override {}
    int answered = 0;
  } serve;
  test::memory_stream stream;
  stream.script->input =
    "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("/text");
  const http::options settings;
  const std::atomic<bool> draining{false};
  const http::session_context server{settings, serve, draining};
  http::session talk{server, stream.peer};
  stream.complete(talk.run());
  BOOST_TEST(serve.answered == 2);
}

BOOST_AUTO_TEST_CASE(a_draining_server_answers_what_has_begun_and_closes) {
  const file_of_ten file;
  conversation one{get("/text") + get("/text") + get("/text"), file.descriptor, 100'000, false};
  one.draining = true;
  one.run();
  BOOST_TEST(one.serve.begun == 1u);
  BOOST_TEST(one.script->output.find("Connection: close\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
