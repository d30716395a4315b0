// Headers of the PROXY protocol, whole and in pieces.
#include "fuzz/fuzz.hpp"
#include "net/proxy_header.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

using namespace gantry;
using fuzz::require;

namespace {

struct outcome {
  boost::system::error_code failure = {};
  bool is_complete = false;
  std::optional<boost::asio::ip::tcp::endpoint> client = {};
  std::size_t taken = 0;
};

outcome read(std::string_view bytes, std::size_t step) {
  net::proxy_header_reader reader;
  outcome found;
  while (!reader.is_complete() && !found.failure && found.taken < bytes.size()) {
    const auto space = reader.space();
    require(!space.empty() && found.taken + space.size() <= net::proxy_header_reader::max_size);
    const auto count = std::min({step, space.size(), bytes.size() - found.taken});
    std::memcpy(space.data(), bytes.data() + found.taken, count);
    reader.take(count, found.failure);
    found.taken += count;
  }
  require(!found.failure || net::is_proxy_failure(found.failure));
  found.is_complete = reader.is_complete() && !found.failure;
  if (found.is_complete)
    found.client = reader.client();
  return found;
}

/// The client's address is what stands behind the first 16 bytes.
void check_client(const boost::asio::ip::tcp::endpoint& client, std::string_view bytes) {
  const auto matches = [&](const auto& address) {
    const auto expected = address.to_bytes();
    require(std::memcmp(bytes.data() + 16, expected.data(), expected.size()) == 0);
  };
  if (client.address().is_v4())
    matches(client.address().to_v4());
  else
    matches(client.address().to_v6());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const std::size_t step = std::size_t{text.take()} % 61 + 1;
  const auto whole = read(text.rest(), text.rest().size());
  const auto pieces = read(text.rest(), step);
  require(whole.failure == pieces.failure);
  require(whole.is_complete == pieces.is_complete);
  if (!whole.is_complete)
    return 0;
  require(whole.taken == pieces.taken);
  require(whole.client == pieces.client);
  if (whole.client)
    check_client(*whole.client, text.rest());
  // Nothing shorter is complete.
  require(!read(text.rest().substr(0, whole.taken - 1), step).is_complete);
  return 0;
}
