// `gantry bench mount-storm`: mounts the blobs of one repository into new ones.
#include "base/text.hpp"
#include "bench/answer_checks.hpp"
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/workloads/images.hpp"

#include <string>
#include <vector>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

/// The layers of all images of one repository. Each number stands for a layer and a repository that
/// does not have it yet.
class mount_set {
public:
  mount_set(const image_source& source, std::uint64_t images) : seed_{source.settings().seed} {
    for (std::uint64_t number = 0; number < images; ++number) {
      const auto made = source.make(number);
      from_ = made.repository;
      for (const auto& layer : made.layers)
        digests_.push_back(layer.digest);
    }
  }

  const std::string& from() const noexcept { return from_; }
  const std::string& digest_of(std::uint64_t number) const {
    return digests_[number % digests_.size()];
  }
  std::string target_of(std::uint64_t number) const {
    return repository_named(seed_, concat("m", std::to_string(number / digests_.size())));
  }

private:
  std::uint64_t seed_;
  std::string from_;
  std::vector<std::string> digests_;
};

class mount_workload final : public workload {
public:
  explicit mount_workload(const mount_set& blobs) : blobs_{blobs} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto& digest = blobs_.digest_of(number);
    const auto target = registry.targets().mount(blobs_.target_of(number), digest, blobs_.from());
    std::string upload;
    const client::request post{verb::post, target};
    const auto mounted = [&] {
      if (take_location(registry.answer(), target, upload).empty())
        return std::string{"not_mounted"};
      return check_answer(registry.answer(), 201, digest);
    };
    const bool well =
      co_await registry.perform(operation::mount, post, client::body_use::drop, mounted);
    if (!upload.empty())
      co_await cancel(registry, upload);
    co_return well;
  }

private:
  static asio::awaitable<void> cancel(registry_client& registry, const std::string& upload) {
    const client::request erase{verb::delete_, upload};
    const auto cancelled = [&] { return check_answer(registry.answer(), 204, {}); };
    co_await registry.perform(operation::cancel_upload, erase, client::body_use::drop, cancelled);
  }

  const mount_set& blobs_;
};

/// Deletes the mounted blobs.
class unmount_workload final : public workload {
public:
  explicit unmount_workload(const mount_set& blobs) : blobs_{blobs} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto repository = blobs_.target_of(number);
    co_return co_await registry.erase_blob(repository, blobs_.digest_of(number));
  }

private:
  const mount_set& blobs_;
};

} // namespace

int run(const mount_storm_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "mount-storm", "mount", out, live};
  work.described()["set"] = options.set_size;
  const image_source source{work.images()};
  work.prepare(push_workload{source, options.uploads}, options.set_size);
  const mount_set blobs{source, options.set_size};
  work.measure(mount_workload{blobs});
  work.clean_up(unmount_workload{blobs}, work.load().numbers);
  work.clean_up(erase_workload{source}, options.set_size);
  return work.publish();
}

} // namespace gantry::bench
