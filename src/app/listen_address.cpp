#include "app/listen_address.hpp"

#include "base/text.hpp"
#include "net/socket.hpp"
#include "net/socket_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace gantry::app {

namespace asio = boost::asio;

namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
  throw std::invalid_argument{"'" + std::string{text} +
                              "' is not an address to listen on: " + reason};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return port;
}

asio::ip::address parse_host(std::string_view text, std::string_view host) {
  const bool is_bracketed = host.size() > 1 && host.front() == '[' && host.back() == ']';
  const auto inner = is_bracketed ? host.substr(1, host.size() - 2) : host;
  boost::system::error_code invalid;
  const auto parsed = asio::ip::make_address(inner, invalid);
  if (host == "*")
    refuse(text, "write ':PORT' for all addresses, such as :4775");
  if (!invalid && parsed.is_v6() && !is_bracketed)
    refuse(text, "an IPv6 address needs brackets, such as [::1]:4775");
  if (invalid || parsed.is_v6() != is_bracketed)
    refuse(text, "cannot resolve " + in_quotes(host) +
                   ": use an IP address or localhost, such as 127.0.0.1:4775");
  return parsed;
}

constexpr std::string_view file_prefix = "unix:";

/// The name of a socket in the file system; empty if `text` means TCP.
std::string_view file_of(std::string_view text) {
  if (text.starts_with('/'))
    return text;
  return text.starts_with(file_prefix) ? text.substr(file_prefix.size()) : std::string_view{};
}

listen_address at_file(std::string_view text, std::string_view file) {
  if (file.size() > net::longest_socket_file)
    refuse(text, "the name of a socket has at most " + std::to_string(net::longest_socket_file) +
                   " bytes: write a shorter one, such as unix:/run/gantry.sock");
  listen_address address;
  address.file = file;
  return address;
}

/// Explains how to write a text without a colon.
[[noreturn]] void refuse_without_port(std::string_view text) {
  if (parse_port(text))
    refuse(text,
           "write :" + std::string{text} + " for all addresses, or 127.0.0.1:" + std::string{text});
  refuse(text, "write HOST:PORT, such as 127.0.0.1:4775, [::1]:4775 or :4775");
}

} // namespace

listen_address parse_listen_address(std::string_view text) {
  if (const auto file = file_of(text); !file.empty())
    return at_file(text, file);
  if (text == file_prefix)
    refuse(text, "write the name of a socket, such as unix:/run/gantry.sock");
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    refuse_without_port(text);
  const auto host = text.substr(0, colon);
  const auto port = parse_port(text.substr(colon + 1));
  if (!port)
    refuse(text, in_quotes(text.substr(colon + 1)) +
                   " is not a port: write a number from 0 to 65535, such as 4775");
  if (host.empty())
    return {{asio::ip::address_v6::any()}, *port, true};
  if (host == "localhost")
    return {{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()}, *port, true};
  return {{parse_host(text, host)}, *port};
}

bool has_address(const asio::ip::address& host) {
  asio::io_context context;
  const asio::ip::tcp::endpoint any_port{host, 0};
  asio::ip::tcp::acceptor probe{context};
  boost::system::error_code failed;
  probe.open(any_port.protocol(), failed);
  if (!failed)
    probe.bind(any_port, failed);
  return failed != asio::error::address_family_not_supported &&
         failed != boost::system::errc::address_not_available;
}

listen_address available(listen_address wanted,
                         const std::function<bool(const asio::ip::address&)>& has) {
  if (!wanted.any_family)
    return wanted;
  const auto is_lacking = [&](const asio::ip::address& host) { return host.is_v6() && !has(host); };
  wanted.lacks_ipv6 = std::erase_if(wanted.hosts, is_lacking) > 0;
  if (wanted.hosts.empty())
    wanted.hosts = {asio::ip::address_v4::any()};
  return wanted;
}

listen_address address_of(int listening) {
  sockaddr_storage bound{};
  auto size = socklen_t{sizeof bound};
  if (::getsockname(listening, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    throw std::runtime_error{"descriptor " + std::to_string(listening) + " is not a socket"};
  if (bound.ss_family == AF_UNIX) {
    listen_address address;
    address.file = reinterpret_cast<const sockaddr_un&>(bound).sun_path;
    return address;
  }
  if (bound.ss_family != AF_INET && bound.ss_family != AF_INET6)
    throw std::runtime_error{"descriptor " + std::to_string(listening) +
                             " is not a socket of TCP or of the file system"};
  const auto endpoint = net::as_tcp({&bound, size});
  return {{endpoint.address()}, endpoint.port()};
}

std::string to_string(const listen_address& address) {
  if (!address.file.empty())
    return std::string{file_prefix} + address.file;
  std::string text;
  for (const auto& host : address.hosts) {
    const auto name = host.to_string();
    text += (text.empty() ? "" : " and ") + (host.is_v6() ? "[" + name + "]" : name) + ":" +
            std::to_string(address.port);
  }
  return text + (address.lacks_ipv6 ? " (this machine has no IPv6)" : "");
}

} // namespace gantry::app
