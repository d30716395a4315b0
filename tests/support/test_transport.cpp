#include "support/test_transport.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace asio = boost::asio;

namespace gantry::test {

bool test_transport::begin(net::error_code& ec) {
  ++script_->operations;
  if (script_->is_reset) {
    ec = asio::error::bad_descriptor;
    return false;
  }
  if (script_->fails_at == 0 || script_->operations < script_->fails_at)
    return true;
  ec = script_->failure;
  return false;
}

bool test_transport::begin_ready(net::error_code& ec) {
  if (script_->stutters && !std::exchange(is_ready_, false)) {
    ec = asio::error::would_block;
    return false;
  }
  return begin(ec);
}

std::size_t test_transport::take_input(void* space, std::size_t room, net::error_code& ec) {
  auto& input = script_->input;
  if (input.empty()) {
    ec = script_->falls_silent ? asio::error::would_block : net::error_code{asio::error::eof};
    return 0;
  }
  const auto taken = std::min({room, script_->piece, input.size()});
  std::memcpy(space, input.data(), taken);
  input.erase(0, taken);
  return taken;
}

std::size_t test_transport::read_ready(std::span<std::byte> space, net::error_code& ec) {
  return begin_ready(ec) ? take_input(space.data(), space.size(), ec) : 0;
}

std::size_t test_transport::write_ready(std::string_view head, std::string_view body, bool,
                                        net::error_code& ec) {
  if (!begin_ready(ec))
    return 0;
  script_->offered.push_back(body.size());
  if (script_->takes_nothing) {
    ec = asio::error::would_block;
    return 0;
  }
  const auto whole = std::string{head}.append(body);
  const auto sent = std::min(script_->piece, whole.size());
  script_->output.append(whole, 0, sent);
  return sent;
}

std::uint64_t test_transport::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                        net::error_code& ec) {
  if (!begin_ready(ec))
    return 0;
  script_->largest_slice = std::max(script_->largest_slice, length);
  if (script_->takes_nothing) {
    ec = asio::error::would_block;
    return 0;
  }
  std::string bytes(std::min<std::uint64_t>(length, script_->piece), '\0');
  const auto n = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (n <= 0) {
    ec = n == 0 ? net::error_code{asio::error::eof}
                : net::error_code{errno, boost::system::system_category()};
    return 0;
  }
  script_->output.append(bytes, 0, static_cast<std::size_t>(n));
  return static_cast<std::uint64_t>(n);
}

asio::awaitable<std::size_t> test_transport::read_some(asio::mutable_buffer space,
                                                       net::error_code& ec) {
  if (is_silent())
    co_await wait(true, ec);
  else
    co_await asio::post(context_, asio::use_awaitable);
  if (ec)
    co_return std::size_t{0};
  co_return begin(ec) ? take_input(space.data(), space.size(), ec) : 0;
}

asio::awaitable<void> test_transport::wait(bool forever, net::error_code& ec) {
  if (forever) {
    never_.expires_at(asio::steady_timer::time_point::max());
    co_await never_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return;
  }
  co_await asio::post(context_, asio::use_awaitable);
  if (begin(ec))
    is_ready_ = true;
}

void test_transport::abort() noexcept {
  script_->input.clear();
  script_->falls_silent = false;
  never_.cancel();
}

void test_transport::end_output(net::error_code& ec) {
  if (begin(ec))
    script_->has_ended_output = true;
}

} // namespace gantry::test
