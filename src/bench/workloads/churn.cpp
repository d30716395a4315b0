// `gantry bench churn`: pushes images and deletes them again, which makes garbage to collect.
#include "base/mutex.hpp"
#include "bench/answer_checks.hpp"
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/workloads/images.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

/// The images in the registry by the client that pushed them, and whether the registry deletes
/// blobs. Thread-safe.
class living_images {
public:
  explicit living_images(std::size_t keep) : keep_{keep} {}

  /// Returns the client's oldest image if it now has one too many.
  std::optional<std::uint64_t> add(const registry_client& owner, std::uint64_t number) {
    const lock_guard lock{mutex_};
    auto& numbers = numbers_[&owner];
    numbers.push_back(number);
    if (numbers.size() <= keep_)
      return std::nullopt;
    const auto oldest = numbers.front();
    numbers.pop_front();
    return oldest;
  }

  void refuse_blobs() noexcept { blobs_go_ = false; }
  bool blobs_go() const noexcept { return blobs_go_; }

private:
  std::size_t keep_;
  std::atomic<bool> blobs_go_{true};
  mutex mutex_;
  std::map<const registry_client*, std::deque<std::uint64_t>> numbers_ GANTRY_GUARDED_BY(mutex_);
};

class churn_workload final : public workload {
public:
  churn_workload(const image_source& source, upload_settings how, living_images& living)
    : source_{source}, how_{how}, living_{living} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto fresh = source_.make(number);
    if (!co_await registry.push(fresh, how_))
      co_return false;
    const auto oldest = living_.add(registry, number);
    if (!oldest)
      co_return true;
    const auto old = source_.make(*oldest);
    if (!co_await registry.erase_manifest(old) || !co_await see_it_gone(registry, old) ||
        !co_await erase_blob(registry, old.repository, old.config.digest))
      co_return false;
    for (const auto& layer : old.layers)
      if (!co_await erase_blob(registry, old.repository, layer.digest))
        co_return false;
    co_return true;
  }

private:
  static asio::awaitable<bool> see_it_gone(registry_client& registry, const image& old) {
    const auto target = registry.targets().manifest(old.repository, old.tag);
    client::request head{verb::head, target};
    head.accept = media_types::manifest;
    const auto gone = [&] {
      return registry.answer().status == 200 ? "still_there"
                                             : check_answer(registry.answer(), 404, {});
    };
    co_return co_await registry.perform(operation::head_manifest, head, client::body_use::drop,
                                        gone);
  }

  /// After a refusal (405), no more blobs are deleted. A 404 means that the registry has already
  /// collected the blob.
  asio::awaitable<bool> erase_blob(registry_client& registry, const std::string& repository,
                                   const std::string& digest) const {
    if (!living_.blobs_go())
      co_return true;
    const auto target = registry.targets().blob(repository, digest);
    const client::request erase{verb::delete_, target};
    const auto gone = [&] {
      const auto status = registry.answer().status;
      if (status == 405)
        living_.refuse_blobs();
      return status == 404 || status == 405 ? std::string{}
                                            : check_answer(registry.answer(), 202, {});
    };
    co_return co_await registry.perform(operation::delete_blob, erase, client::body_use::drop,
                                        gone);
  }

  const image_source& source_;
  upload_settings how_;
  living_images& living_;
};

} // namespace

int run(const churn_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "churn", "image", out, live};
  work.described()["keep"] = options.keep;
  const image_source source{work.images()};
  living_images living{options.keep};
  work.measure(churn_workload{source, options.uploads, living});
  work.clean_up(erase_workload{source}, work.load().numbers);
  return work.publish();
}

} // namespace gantry::bench
