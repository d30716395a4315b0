// Pulls the blobs of an image: sequentially or in parallel, whole or in ranges.
#include "bench/answer_checks.hpp"
#include "bench/registry_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

/// State shared by the connections that pull one image.
struct registry_client::pull_in_parts {
  pull_in_parts(const image& image_to_pull, const pull_settings& settings)
    : what{image_to_pull}, how{settings} {
    // Taken from the end, so that the config comes first.
    std::transform(what.layers.rbegin(), what.layers.rend(), std::back_inserter(left),
                   [](const image_blob& layer) { return &layer; });
    left.push_back(&what.config);
  }

  const image& what;
  const pull_settings& how;
  std::vector<const image_blob*> left;
  bool well = true;
  std::exception_ptr failure;
};

asio::awaitable<bool> registry_client::pull_blobs(const image& what, const pull_settings& how) {
  const auto whole = std::make_unique<pull_in_parts>(what, how);
  std::vector<registry_client*> at_work{this};
  while (at_work.size() < std::min<std::size_t>(how.parallel, whole->left.size()))
    at_work.push_back(&helper(at_work.size() - 1));
  auto left = at_work.size();
  asio::steady_timer ended{context_, steady_clock::time_point::max()};
  for (auto* each : at_work)
    asio::co_spawn(context_, each->pull_some(*whole), [&](std::exception_ptr failure) {
      if (failure)
        whole->failure = failure;
      --left;
      ended.cancel();
    });
  // If one of them fails, the others still use the local variables until they end.
  while (left > 0) {
    client::error_code ignored;
    co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (whole->failure)
    std::rethrow_exception(whole->failure);
  co_return whole->well;
}

asio::awaitable<void> registry_client::pull_some(pull_in_parts& whole) {
  while (whole.well && !whole.left.empty()) {
    const auto* const blob = whole.left.back();
    whole.left.pop_back();
    const bool well = co_await pull_one(whole, *blob);
    whole.well = whole.well && well;
  }
}

asio::awaitable<bool> registry_client::pull_one(const pull_in_parts& whole,
                                                const image_blob& blob) {
  bool well = false;
  if (whole.how.range_size > 0)
    well = co_await pull_ranges(whole.what.repository, blob, whole.how);
  else
    well = co_await pull_blob(whole.what.repository, blob, whole.how.verify);
  co_return well;
}

asio::awaitable<bool> registry_client::pull_blob(std::string_view repository,
                                                 const image_blob& blob, bool verify) {
  const auto target = targets_.blob(repository, blob.digest);
  const client::request get{verb::get, target};
  const auto use = verify ? client::body_use::hash : client::body_use::drop;
  const auto same = [&] { return check_body(answer_, blob, verify); };
  if (!co_await perform(operation::get_blob, get, use, same))
    co_return false;
  moved(blob.size);
  co_return true;
}

asio::awaitable<bool> registry_client::pull_ranges(std::string_view repository,
                                                   const image_blob& blob,
                                                   const pull_settings& how) {
  const auto target = targets_.blob(repository, blob.digest);
  for (std::uint64_t begin = 0; begin < blob.size;) {
    const auto size = std::min(how.range_size, blob.size - begin);
    const auto range = "bytes=" + std::to_string(begin) + "-" + std::to_string(begin + size - 1);
    client::request get{verb::get, target};
    get.range = range;
    const auto hashing = begin == 0 ? client::body_use::hash : client::body_use::hash_on;
    const auto use = how.verify ? hashing : client::body_use::drop;
    const auto same = [&] { return check_range(answer_, blob, begin, size, how.verify); };
    if (!co_await perform(operation::get_blob, get, use, same))
      co_return false;
    moved(size);
    begin += size;
  }
  co_return true;
}

registry_client& registry_client::helper(std::size_t index) {
  while (helpers_.size() <= index) {
    auto* const made = new registry_client{context_, site_, settings_, connection_};
    helpers_.emplace_back(made);
  }
  auto& chosen = *helpers_[index];
  chosen.recorder_ = recorder_;
  return chosen;
}

} // namespace gantry::bench
