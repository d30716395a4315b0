// `gantry bench tags`: all clients move the same few tags concurrently.
#include "bench/answer_checks.hpp"
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/seeded_random.hpp"
#include "bench/workloads/images.hpp"
#include "bench/workloads/tag_history.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

/// The manifests of one repository, its tags, and their histories.
struct race {
  race(const image_source& source, const tags_options& options) : seed{source.settings().seed} {
    for (std::uint64_t number = 0; number < options.set_size; ++number)
      images.push_back(source.make(number));
    for (std::uint32_t tag = 0; tag < options.tags; ++tag)
      histories.emplace_back(images.size());
  }

  static std::string tag_name(std::uint64_t tag) { return "race" + std::to_string(tag); }

  std::uint64_t seed;
  std::vector<image> images;
  std::deque<tag_history> histories;
};

class move_workload final : public workload {
public:
  explicit move_workload(race& on) : race_{on} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto tag = seeded_random(race_.seed, number, 0) % race_.histories.size();
    const auto value = seeded_random(race_.seed, number, 1) % race_.images.size();
    auto& history = race_.histories[tag];
    const auto name = race::tag_name(tag);
    history.sent(value);
    const auto begun = steady_clock::now();
    if (!co_await registry.put_manifest(race_.images[value], name))
      co_return false;
    history.acknowledged(value, begun, steady_clock::now());
    co_return true;
  }

private:
  race& race_;
};

/// Reads the target of each tag after the race.
class read_workload final : public workload {
public:
  explicit read_workload(const race& done) : race_{done} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t tag) const override {
    const auto& repository = race_.images.front().repository;
    const auto name = race::tag_name(tag);
    const auto target = registry.targets().manifest(repository, name);
    client::request get{verb::get, target};
    get.accept = media_types::manifest;
    const auto check = [&] { return judge(registry.answer(), race_.histories[tag]); };
    co_return co_await registry.perform(operation::get_manifest, get, client::body_use::hash,
                                        check);
  }

private:
  std::string judge(const client::response& answer, const tag_history& history) const {
    if (answer.status == 404)
      return history.must_exist() ? "lost_tag" : "";
    if (answer.status != 200)
      return status_error(answer.status);
    const auto digest = answer.body_digest->to_string();
    if (!answer.content_digest.empty() && answer.content_digest != digest)
      return "other_bytes";
    const auto found = std::ranges::find(race_.images, digest, &image::manifest_digest);
    const auto value = static_cast<std::size_t>(found - race_.images.begin());
    return found != race_.images.end() && history.may_hold(value) ? "" : "lost_tag";
  }

  const race& race_;
};

} // namespace

int run(const tags_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "tags", "move", out, live};
  work.described()["tags"] = options.tags;
  work.described()["set"] = options.set_size;
  const image_source source{work.images()};
  work.prepare(push_workload{source, options.uploads}, options.set_size);
  race between{source, options};
  work.measure(move_workload{between});
  work.check(read_workload{between}, options.tags);
  work.clean_up(erase_workload{source}, options.set_size);
  return work.publish();
}

} // namespace gantry::bench
