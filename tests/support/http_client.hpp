// A blocking HTTP/1.1 client for tests: it sends exactly the given bytes, reads exactly one
// response at a time and never waits longer than its timeout.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

/// In wire order; names may repeat.
using header_list = std::vector<std::pair<std::string, std::string>>;

struct http_request {
  std::string method;
  std::string target;
  header_list headers = {};
  std::string body = {};
};

struct http_response {
  int status = 0;
  /// "HTTP/1.1".
  std::string version;
  header_list headers;
  std::string body;

  /// Names are case-insensitive.
  bool has(std::string_view name) const;
  /// The first value; empty if there is none.
  std::string header(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;
  /// Whether the server announced that it will close the connection.
  bool closes() const;
};

/// Thrown if a response cannot be read: the bytes are not HTTP, the connection ends or breaks, or
/// the timeout expires. A test that does not expect it fails.
class http_failure : public std::runtime_error {
public:
  explicit http_failure(const std::string& what, bool reset = false)
    : std::runtime_error{what}, reset_{reset} {}
  /// The peer sent RST.
  bool reset() const noexcept { return reset_; }

private:
  bool reset_;
};

/// What lies between HTTP and the socket, such as TLS. Neither function waits; their results and
/// errors are those of recv(2) and send(2).
class byte_layer {
public:
  virtual ~byte_layer() = default;
  virtual std::ptrdiff_t receive(char* space, std::size_t size) = 0;
  virtual std::ptrdiff_t send(const char* bytes, std::size_t size) = 0;
  /// Whether `receive` has something without the socket.
  virtual bool has_pending() const = 0;
};

/// One connection to 127.0.0.1. Not thread-safe.
class http_connection {
public:
  static constexpr std::chrono::milliseconds default_patience = std::chrono::seconds{20};

  /// Throws http_failure if the connection is refused.
  explicit http_connection(std::uint16_t port,
                           std::chrono::milliseconds patience = default_patience);
  http_connection(http_connection&& other) noexcept;
  http_connection& operator=(http_connection&& other) noexcept;
  ~http_connection();

  /// Sends a request and reads its response. Adds `Host`, and a `Content-Length` if there is a body
  /// or the method (POST, PUT, PATCH) suggests one, unless `headers` frame the body themselves. A
  /// server that answers and stops reading before the body was sent is not a failure.
  http_response exchange(const http_request& request);
  http_response request(std::string_view method, std::string_view target, header_list headers = {},
                        std::string_view body = {});

  /// Sends exactly these bytes; throws http_failure if the peer accepts no more.
  void send(std::string_view bytes);
  /// Sends a request line and fields, including `Host` and the final empty line.
  void send_head(std::string_view method, std::string_view target, const header_list& headers = {});

  /// Reads the next response, skipping interim (1xx) ones.
  http_response receive(bool to_head = false);
  /// Reads the next response, even an interim one.
  http_response receive_any(bool to_head = false);

  /// Whether the peer closes or resets the connection without sending another byte. False once a
  /// byte arrives or the timeout expires.
  bool peer_closes();
  /// Reads all bytes until the peer closes or resets the connection.
  std::string read_until_close();
  /// Whether there are no unread bytes.
  bool silent();

  /// Sends and receives through `layer` from now on, until the connection is closed.
  void put_through(std::unique_ptr<byte_layer> layer) { layer_ = std::move(layer); }
  int descriptor() const noexcept { return socket_; }

  /// Sends FIN; can still receive.
  void half_close();
  /// Sends RST and closes.
  void reset();
  void close();
  /// Closes the connection and opens another one to the same port.
  void reconnect();

private:
  using deadline = std::chrono::steady_clock::time_point;

  deadline until() const { return std::chrono::steady_clock::now() + patience_; }
  bool wait_for(short events, deadline end) const;
  /// False at the end of the stream; throws on errors and timeouts.
  bool fill(deadline end);
  bool try_send(std::string_view bytes);
  std::string take_line(deadline end);
  std::string take(std::size_t bytes, deadline end);
  std::string take_chunks(deadline end);
  std::string take_rest(deadline end);
  http_response take_head(deadline end);

  void connect();

  std::unique_ptr<byte_layer> layer_;
  int socket_ = -1;
  std::uint16_t port_;
  std::chrono::milliseconds patience_;
  std::string buffer_;
};

/// `fields`, followed by `more`.
header_list with(header_list fields, const header_list& more);

/// `bytes` in the chunked coding, in chunks of `piece` bytes (zero: a single one), including the
/// last chunk.
std::string chunked(std::string_view bytes, std::size_t piece = 0);

/// `target` with `parameter` (`digest=…`) appended to its query.
std::string with_query(std::string_view target, std::string_view parameter);

/// Path and query of an absolute or relative Location or Link.
std::string path_of(std::string_view location);

/// The target between `<` and `>` of a Link with rel="next"; empty for any other.
std::string next_of(const http_response& response);

} // namespace gantry::test
