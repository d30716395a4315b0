// The server's end of TLS, with OpenSSL as its client on the loopback interface.
#include "net/tls_transport.hpp"

#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using namespace gantry;
using asio::ip::tcp;
using net::error_code;

namespace {

/// Without short repetitions.
std::string make_text(std::size_t size) {
  std::string made(size, '\0');
  std::uint32_t state = 1;
  for (auto& each : made)
    each = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return made;
}

struct ends {
  asio::io_context context{1};
  tcp::socket client{context};
  std::unique_ptr<net::tls_transport> server;
  std::unique_ptr<test::tls_layer> layer;
  test::temp_dir folder;

  /// In a narrow one, the kernel holds less than a batch of records.
  explicit ends(bool narrow = false) {
    const auto made = test::make_certificate("DNS:localhost");
    net::tls_options options;
    options.certificates.push_back(
      {folder.write("a.crt", made.text).string(), folder.write("a.key", made.key).string()});
    const auto own =
      std::make_shared<const net::tls_context>(options, std::make_shared<net::ticket_keys>());
    tcp::acceptor door{context, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket accepted{context};
    client.open(tcp::v4());
    if (narrow)
      client.set_option(asio::socket_base::receive_buffer_size{8 * 1024});
    client.set_option(tcp::no_delay{true});
    client.connect(door.local_endpoint());
    door.accept(accepted);
    if (narrow)
      accepted.set_option(asio::socket_base::send_buffer_size{8 * 1024});
    server = std::make_unique<net::tls_transport>(std::move(accepted), own);
  }

  /// Runs `work`, which needs the context, to its end.
  error_code await(std::function<asio::awaitable<void>(error_code&)> work) {
    error_code ec;
    bool is_done = false;
    asio::co_spawn(context, work(ec), [&](std::exception_ptr) { is_done = true; });
    context.restart();
    while (!is_done)
      context.run_one();
    return ec;
  }
  error_code open() {
    return await([this](error_code& ec) { return server->open(ec); });
  }
  /// Whether a wait ends without anything new from the client.
  bool is_readable() {
    bool is_done = false;
    asio::cancellation_signal end;
    asio::co_spawn(
      context, wait(),
      asio::bind_cancellation_slot(end.slot(), [&](std::exception_ptr) { is_done = true; }));
    context.restart();
    context.poll();
    const auto found = is_done;
    if (!found)
      end.emit(asio::cancellation_type::terminal);
    context.restart();
    while (!is_done)
      context.run_one();
    return found;
  }
  asio::awaitable<void> wait() const {
    co_await asio::this_coro::throw_if_cancelled(false);
    error_code ec;
    co_await server->wait_readable(ec);
  }

  void client_sends(std::string_view text) {
    BOOST_REQUIRE(layer->send(text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void client_sends_raw(const std::string& bytes) { asio::write(client, asio::buffer(bytes)); }
  /// What a read of the client returns: at most a record.
  std::string client_reads() {
    std::string space(20'000, '\0');
    std::ptrdiff_t got = -1;
    do {
      client.wait(tcp::socket::wait_read);
      got = layer->receive(space.data(), space.size());
    } while (got < 0 && errno == EAGAIN);
    if (got < 0)
      return "error " + std::to_string(errno);
    space.resize(static_cast<std::size_t>(got));
    return space;
  }
  /// What the client can read without waiting.
  void drain_into(std::string& all) {
    std::array<char, 20'000> space{};
    for (std::ptrdiff_t got = 0; (got = layer->receive(space.data(), space.size())) > 0;)
      all.append(space.data(), static_cast<std::size_t>(got));
  }
  std::string server_reads(std::size_t most, error_code& ec) {
    std::string space(most, '\0');
    space.resize(server->read_ready(std::as_writable_bytes(std::span{space}), ec));
    return space;
  }
};

/// After the handshake.
struct encrypted : ends {
  explicit encrypted(bool narrow = false) : ends{narrow} {
    auto made = std::async(std::launch::async, [this] {
      return std::make_unique<test::tls_layer>(client.native_handle(), test::tls_wishes{});
    });
    BOOST_REQUIRE(server->must_open());
    BOOST_REQUIRE(!open());
    layer = made.get();
    BOOST_REQUIRE(!server->must_open());
    BOOST_REQUIRE(server->is_secure());
  }
};

struct encrypted_narrow : encrypted {
  encrypted_narrow() : encrypted{true} {}
};

struct opened_file {
  explicit opened_file(const std::filesystem::path& path)
    : descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)} {}
  opened_file(const opened_file&) = delete;
  opened_file& operator=(const opened_file&) = delete;
  ~opened_file() { ::close(descriptor); }
  int descriptor;
};

} // namespace

BOOST_AUTO_TEST_SUITE(tls_transport)

BOOST_FIXTURE_TEST_CASE(a_small_response_is_one_record, encrypted) {
  error_code ec;
  BOOST_TEST(server->write_ready("head, ", "body", false, ec) == 10u);
  BOOST_TEST(client_reads() == "head, body");
  BOOST_TEST(server->write_ready("head alone", {}, false, ec) == 10u);
  BOOST_TEST(client_reads() == "head alone");
  BOOST_TEST(!ec);
}

BOOST_FIXTURE_TEST_CASE(a_large_response_begins_with_a_full_record, encrypted) {
  const auto body = make_text(30'000);
  error_code ec;
  server->write_ready("head, ", body, false, ec);
  const auto first = client_reads();
  BOOST_TEST(first.size() == 16u * 1024);
  BOOST_TEST((first == "head, " + body.substr(0, first.size() - 6)));
}

BOOST_FIXTURE_TEST_CASE(a_little_waits_for_what_follows_even_if_that_is_the_end, encrypted) {
  error_code ec;
  std::string received;
  BOOST_TEST(server->write_ready("first, ", {}, true, ec) == 7u);
  drain_into(received);
  BOOST_TEST(received.empty());
  BOOST_TEST(server->write_ready("second, ", {}, false, ec) == 8u);
  drain_into(received);
  BOOST_TEST(received == "first, second, ");
  BOOST_TEST(server->write_ready("last", {}, true, ec) == 4u);
  server->close();
  drain_into(received);
  BOOST_TEST(received == "first, second, last");
  BOOST_TEST(layer->has_goodbye());
}

BOOST_FIXTURE_TEST_CASE(what_the_socket_does_not_take_comes_later, encrypted_narrow) {
  const std::string head = "head, ";
  const auto body = make_text(3'000'000);
  const auto whole = head + body;
  std::string received;
  unsigned waits = 0;
  for (std::size_t sent = 0; sent < whole.size();) {
    error_code ec;
    const auto of_head = std::min(sent, head.size());
    sent += server->write_ready(std::string_view{head}.substr(of_head),
                                std::string_view{body}.substr(sent - of_head), false, ec);
    if (ec) {
      BOOST_REQUIRE(ec == asio::error::would_block);
      ++waits;
      drain_into(received);
    }
  }
  while (received.size() < whole.size())
    drain_into(received);
  BOOST_TEST((received == whole));
  BOOST_TEST(waits > 1u);
}

BOOST_FIXTURE_TEST_CASE(a_file_is_sent_and_its_end_is_found, encrypted_narrow) {
  const auto text = make_text(300'000);
  const opened_file file{folder.write("file", text)};
  std::string received;
  error_code ec;
  for (std::uint64_t at = 7; at < text.size();) {
    at += server->send_file(file.descriptor, at, text.size() + 100 - at, ec);
    if (ec == asio::error::eof)
      break;
    BOOST_REQUIRE((!ec || ec == asio::error::would_block));
    ec = {};
    drain_into(received);
  }
  while (received.size() < text.size() - 7)
    drain_into(received);
  BOOST_TEST((received == text.substr(7)));
  BOOST_TEST(server->send_file(file.descriptor, text.size(), 1, ec = {}) == 0u);
  BOOST_TEST(ec == asio::error::eof);
  BOOST_TEST(server->send_file(-1, 0, 1, ec = {}) == 0u);
  BOOST_TEST(ec == errc::bad_file_descriptor);
}

BOOST_FIXTURE_TEST_CASE(bytes_that_were_decrypted_need_no_wait, encrypted) {
  BOOST_TEST(!server->has_bytes());
  BOOST_TEST(!is_readable());
  client_sends("first");
  client_sends("second");
  error_code ec;
  BOOST_TEST(server_reads(2, ec) == "fi");
  BOOST_TEST(server->has_bytes());
  BOOST_TEST(is_readable());
  BOOST_TEST(server_reads(20, ec) == "rst");
  BOOST_TEST(server->has_bytes());
  BOOST_TEST(is_readable());
  BOOST_TEST(server_reads(20, ec) == "second");
  BOOST_TEST(!ec);
  BOOST_TEST(!server->has_bytes());
  BOOST_TEST(!server->has_ended());
  BOOST_TEST(server_reads(20, ec).empty());
  BOOST_TEST(ec == asio::error::would_block);
}

BOOST_FIXTURE_TEST_CASE(a_part_of_a_record_is_not_readable, encrypted) {
  client_sends_raw(std::string{"\x17\x03\x03\x00\x40 ", 6});
  BOOST_TEST(!server->has_ended());
  BOOST_TEST(!is_readable());
}

BOOST_FIXTURE_TEST_CASE(a_look_takes_nothing_from_a_wait, encrypted) {
  std::array<char, 10> space{};
  std::size_t got = 0;
  const auto ec = await([&](error_code& failed) -> asio::awaitable<void> {
    asio::post(context, [&] {
      client_sends("hello");
      BOOST_TEST(server->has_bytes());
    });
    return [](net::tls_transport& own, std::array<char, 10>& into, std::size_t& count,
              error_code& why) -> asio::awaitable<void> {
      count = co_await own.read_some(asio::buffer(into), why);
    }(*server, space, got, failed);
  });
  BOOST_TEST(!ec);
  BOOST_TEST(got == 5u);
}

BOOST_FIXTURE_TEST_CASE(a_wait_ends_with_what_comes, encrypted) {
  std::array<char, 10> space{};
  std::size_t got = 0;
  const auto ec = await([&](error_code& failed) -> asio::awaitable<void> {
    asio::post(context, [&] { client_sends("hello"); });
    return [](net::tls_transport& own, std::array<char, 10>& into, std::size_t& count,
              error_code& why) -> asio::awaitable<void> {
      count = co_await own.read_some(asio::buffer(into), why);
    }(*server, space, got, failed);
  });
  BOOST_TEST(!ec);
  BOOST_TEST(std::string_view(space.data(), got) == "hello");
}

BOOST_FIXTURE_TEST_CASE(the_end_of_the_peer_is_the_end, encrypted) {
  client_sends("last");
  layer->say_goodbye();
  BOOST_TEST(!server->has_ended());
  error_code ec;
  BOOST_TEST(server_reads(20, ec) == "last");
  BOOST_TEST(server->has_ended());
  BOOST_TEST(is_readable());
  BOOST_TEST(server_reads(20, ec).empty());
  BOOST_TEST(ec == asio::error::eof);
  BOOST_TEST(server->write_ready("still heard", {}, false, ec = {}) == 11u);
  BOOST_TEST(client_reads() == "still heard");
}

BOOST_FIXTURE_TEST_CASE(an_end_that_was_not_announced_is_a_break, encrypted) {
  client_sends("last");
  client.shutdown(tcp::socket::shutdown_send);
  error_code ec;
  BOOST_TEST(server_reads(20, ec) == "last");
  BOOST_TEST(server->has_ended());
  BOOST_TEST(server_reads(20, ec).empty());
  BOOST_TEST(ec == asio::error::connection_reset);
}

BOOST_FIXTURE_TEST_CASE(bytes_that_were_forged_break_the_stream, encrypted) {
  client_sends_raw(std::string{"\x17\x03\x03\x00\x14"
                               "01234567890123456789",
                               25});
  error_code ec;
  BOOST_TEST(server_reads(20, ec).empty());
  BOOST_TEST(ec == errc::protocol_error);
  BOOST_TEST(server->has_ended());
  BOOST_TEST(server->write_ready("text", {}, false, ec = {}) == 0u);
  BOOST_TEST(static_cast<bool>(ec));
  server->close();
}

BOOST_FIXTURE_TEST_CASE(the_end_is_announced, encrypted) {
  error_code ec;
  server->end_output(ec);
  BOOST_TEST(client_reads().empty());
  BOOST_TEST(layer->has_goodbye());
  client_sends("still heard");
  BOOST_TEST(server_reads(20, ec) == "still heard");
}

BOOST_FIXTURE_TEST_CASE(a_close_is_announced, encrypted) {
  server->close();
  BOOST_TEST(client_reads().empty());
  BOOST_TEST(layer->has_goodbye());
}

BOOST_FIXTURE_TEST_CASE(a_reset_is_a_reset, encrypted) {
  server->reset();
  BOOST_TEST(client_reads() == "error " + std::to_string(ECONNRESET));
}

BOOST_FIXTURE_TEST_CASE(new_keys_are_answered, encrypted) {
  BOOST_REQUIRE(::SSL_key_update(layer->handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
  client_sends("with new keys");
  error_code ec;
  BOOST_TEST(server_reads(20, ec) == "with new keys");
  BOOST_TEST(server->write_ready("here, too", {}, false, ec) == 9u);
  BOOST_TEST(client_reads() == "here, too");
}

BOOST_FIXTURE_TEST_CASE(answers_that_are_not_read_take_bounded_memory, encrypted_narrow) {
  constexpr unsigned far_too_many = 200'000;
  error_code ec;
  unsigned asked = 0;
  while (!ec && asked < far_too_many) {
    ++asked;
    BOOST_REQUIRE(::SSL_key_update(layer->handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
    if (layer->send("x", 1) < 0)
      BOOST_REQUIRE(errno == EAGAIN);
    server_reads(1, ec);
    if (ec == asio::error::would_block)
      ec = {};
  }
  BOOST_TEST(ec == asio::error::no_buffer_space);
}

BOOST_FIXTURE_TEST_CASE(plain_text_is_recognised_and_answered_in_plain_text, ends) {
  client_sends_raw("GET / HTTP/1.1\r\n\r\n");
  BOOST_TEST(open() == errc::wrong_protocol_type);
  BOOST_TEST(!server->is_secure());
  error_code ec;
  BOOST_TEST(server->write_ready("HTTP/1.1 ", "400", false, ec) == 12u);
  std::array<char, 12> space{};
  asio::read(client, asio::buffer(space));
  BOOST_TEST(std::string_view(space.data(), space.size()) == "HTTP/1.1 400");
}

BOOST_FIXTURE_TEST_CASE(nonsense_and_an_early_end_fail, ends) {
  client_sends_raw("\x16nonsense that is not a handshake");
  BOOST_TEST(open() == errc::protocol_error);
  ends other;
  other.client.shutdown(tcp::socket::shutdown_send);
  BOOST_TEST(other.open() == asio::error::connection_reset);
}

BOOST_AUTO_TEST_SUITE_END()
