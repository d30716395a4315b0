// `gantry bench resume`: uploads that lose their connection and continue.
#include "base/text.hpp"
#include "bench/answer_checks.hpp"
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/workloads/cuts.hpp"
#include "bench/workloads/images.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

/// The registry may still be busy with the lost connection, so a refused request is repeated.
constexpr int most_tries = 100;
constexpr std::chrono::milliseconds first_pause{1};
constexpr std::chrono::milliseconds longest_pause{50};

/// The bytes of an upload, by the Range of a response. `0-0` means one byte, or none.
std::optional<std::uint64_t> read_offset(std::string_view range, std::uint64_t acknowledged) {
  if (range.starts_with("bytes="))
    range.remove_prefix(6);
  if (!range.starts_with("0-"))
    return std::nullopt;
  std::uint64_t last = 0;
  const auto end = range.data() + range.size();
  const auto read = std::from_chars(range.data() + 2, end, last);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return last == 0 && acknowledged == 0 ? 0 : last + 1;
}

/// One upload in progress. The blob outlives it.
class resumed_upload {
public:
  resumed_upload(registry_client& registry, std::string repository, const image_blob& blob,
                 std::vector<std::uint64_t> cuts, std::uint64_t chunk_size)
    : registry_{registry},
      repository_{std::move(repository)},
      blob_{blob},
      cuts_{std::move(cuts)},
      chunk_size_{chunk_size} {}

  /// True if the registry has the blob afterwards.
  asio::awaitable<bool> run() {
    const bool opened = co_await registry_.open_upload(repository_, location_);
    if (!opened)
      co_return false;
    auto cut = cuts_.begin();
    while (acknowledged_ < blob_.size) {
      while (cut != cuts_.end() && *cut <= acknowledged_)
        ++cut;
      const auto end = std::min(acknowledged_ + chunk_size_, blob_.size);
      if (cut != cuts_.end() && *cut < end) {
        if (!co_await lose(end, *cut++))
          co_return false;
      } else if (!co_await send(end)) {
        co_return false;
      }
    }
    if (!co_await finish())
      co_return false;
    co_return co_await registry_.head_blob(repository_, blob_);
  }

private:
  /// The chunk from `acknowledged_` to `end`.
  client::request chunk_to(std::uint64_t end) {
    target_ = location_;
    range_ = std::to_string(acknowledged_) + "-" + std::to_string(end - 1);
    client::request patch{verb::patch, target_};
    patch.content_type = media_types::octets;
    patch.content_range = range_;
    patch.body = blob_.content().slice(acknowledged_, end - acknowledged_);
    return patch;
  }

  asio::awaitable<bool> send(std::uint64_t end) {
    auto pause = first_pause;
    sent_ = std::max(sent_, end);
    for (int tries = 0; tries < most_tries; ++tries) {
      const auto patch = chunk_to(end);
      bool moved_on = false;
      const auto accepted = [&] { return judge_chunk(end, moved_on); };
      if (!co_await registry_.perform(operation::patch_upload, patch, client::body_use::drop,
                                      accepted))
        co_return false;
      if (!moved_on) {
        registry_.moved(end - acknowledged_);
        acknowledged_ = end;
        co_return true;
      }
      co_await wait(pause);
      if (!co_await ask())
        co_return false;
      if (acknowledged_ >= end)
        co_return true;
    }
    registry_.enter(operation::patch_upload, steady_clock::now(), "stays_busy");
    co_return false;
  }

  /// The registry may process the bytes of a lost connection late. Until then, a chunk may conflict
  /// with them (409) or start after them (416).
  std::string judge_chunk(std::uint64_t end, bool& moved_on) {
    const auto& answer = registry_.answer();
    moved_on = after_cut_ && (answer.status == 416 || answer.status == 409);
    if (moved_on)
      return {};
    auto wrong = take_location(answer, target_, location_);
    const bool other =
      !answer.range.empty() && !answer.range.ends_with(concat("-", std::to_string(end - 1)));
    return wrong.empty() && other ? "other_range" : wrong;
  }

  /// Sends the chunk up to `cut`, breaks the connection, and asks how many bytes have arrived.
  asio::awaitable<bool> lose(std::uint64_t end, std::uint64_t cut) {
    const auto patch = chunk_to(end);
    after_cut_ = true;
    sent_ = std::max(sent_, cut);
    if (!co_await registry_.cut_off(operation::cut_upload, patch, cut - acknowledged_))
      co_return false;
    co_return co_await ask();
  }

  asio::awaitable<bool> ask() {
    target_ = location_;
    const client::request get{verb::get, target_};
    const auto told = [&] { return judge_offset(); };
    co_return co_await registry_.perform(operation::get_upload, get, client::body_use::drop, told);
  }

  std::string judge_offset() {
    const auto& answer = registry_.answer();
    if (answer.status != 204)
      return status_error(answer.status);
    const auto offset = read_offset(answer.range, acknowledged_);
    if (!offset || *offset > sent_)
      return "other_range";
    if (*offset < acknowledged_)
      return "lost_bytes";
    if (auto next = client::resolve_location(answer.location, target_))
      location_ = std::move(*next);
    registry_.moved(*offset - acknowledged_);
    acknowledged_ = *offset;
    return {};
  }

  asio::awaitable<void> wait(std::chrono::milliseconds& pause) {
    client::error_code ignored;
    asio::steady_timer timer{co_await asio::this_coro::executor, pause};
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    pause = std::min(pause * 2, longest_pause);
  }

  asio::awaitable<bool> finish() {
    auto pause = first_pause;
    target_ = client::with_digest(location_, blob_.digest);
    for (int tries = 0; tries < most_tries; ++tries) {
      const client::request put{verb::put, target_};
      bool busy = false;
      const auto stored = [&] {
        busy = after_cut_ && registry_.answer().status == 409;
        return busy ? std::string{} : check_answer(registry_.answer(), 201, blob_.digest);
      };
      if (!co_await registry_.perform(operation::finish_upload, put, client::body_use::drop,
                                      stored))
        co_return false;
      if (!busy)
        co_return true;
      co_await wait(pause);
    }
    registry_.enter(operation::finish_upload, steady_clock::now(), "stays_busy");
    co_return false;
  }

  registry_client& registry_;
  std::string repository_;
  const image_blob& blob_;
  std::vector<std::uint64_t> cuts_;
  std::uint64_t chunk_size_;
  std::string location_;
  /// Owns the texts of the request in progress.
  std::string target_;
  std::string range_;
  /// Bytes that the registry has acknowledged, and bytes that it may have.
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;
  bool after_cut_ = false;
};

class resume_workload final : public workload {
public:
  resume_workload(const image_source& source, const resume_options& options)
    : source_{source}, options_{options} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto made = source_.make(number);
    const auto& blob = made.layers.front();
    const auto chunk = options_.uploads.chunk_size;
    auto cuts = choose_cuts(source_.settings().seed, number, options_.cuts, blob.size, chunk);
    resumed_upload upload{registry, made.repository, blob, std::move(cuts), chunk};
    co_return co_await upload.run();
  }

private:
  const image_source& source_;
  const resume_options& options_;
};

} // namespace

int run(const resume_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "resume", "upload", out, live};
  work.described()["cuts"] = options.cuts;
  const image_source source{work.images()};
  work.measure(resume_workload{source, options});
  work.clean_up(erase_workload{source}, work.load().numbers);
  return work.publish();
}

} // namespace gantry::bench
