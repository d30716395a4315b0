// `gantry bench catalog`: pages through the lists of repositories and of tags.
#include "base/text.hpp"
#include "bench/answer_checks.hpp"
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/workloads/images.hpp"
#include "bench/workloads/listing.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace gantry::bench {

namespace {

std::string tag_name(std::uint64_t tag) {
  return concat("t", std::to_string(tag));
}

/// One image per repository, with all tags.
class fill_workload final : public workload {
public:
  fill_workload(const image_source& source, const catalog_options& options)
    : source_{source}, options_{options} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    auto made = source_.make(number);
    made.tag = tag_name(0);
    if (!co_await registry.push(made, options_.uploads))
      co_return false;
    for (std::uint32_t tag = 1; tag < options_.tags; ++tag) {
      const auto name = tag_name(tag);
      if (!co_await registry.put_manifest(made, name))
        co_return false;
    }
    co_return true;
  }

private:
  const image_source& source_;
  const catalog_options& options_;
};

/// The whole catalog, then all tags of one repository.
class walk_workload final : public workload {
public:
  walk_workload(const image_source& source, const catalog_options& options) : page_{options.page} {
    for (std::uint64_t number = 0; number < source.settings().repositories; ++number)
      repositories_.push_back(repository_of(source.settings(), number));
    for (std::uint64_t tag = 0; tag < options.tags; ++tag)
      tags_.push_back(tag_name(tag));
    std::ranges::sort(repositories_);
    std::ranges::sort(tags_);
  }

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto first = "?n=" + std::to_string(page_);
    auto target = registry.targets().catalog() + first;
    listing repositories{repositories_, page_};
    if (!co_await walk(registry, operation::get_catalog, "repositories", std::move(target),
                       repositories))
      co_return false;
    target = registry.targets().tags(repositories_[number % repositories_.size()]) + first;
    listing tags{tags_, page_};
    co_return co_await walk(registry, operation::get_tags, "tags", std::move(target), tags);
  }

private:
  static asio::awaitable<bool> walk(registry_client& registry, operation step, const char* member,
                                    std::string target, listing& pages) {
    while (!target.empty()) {
      std::string next;
      const client::request get{verb::get, target};
      const auto check = [&] { return judge(registry.answer(), target, member, pages, next); };
      if (!co_await registry.perform(step, get, client::body_use::keep, check))
        co_return false;
      target = std::move(next);
    }
    co_return true;
  }

  static std::string judge(const client::response& answer, const std::string& target,
                           const char* member, listing& pages, std::string& next) {
    if (answer.status != 200)
      return status_error(answer.status);
    if (!answer.link.empty()) {
      auto found = client::next_page(answer.link, target);
      if (!found)
        return "bad_link";
      next = std::move(*found);
    }
    return pages.take(answer.body, member, !next.empty());
  }

  std::size_t page_;
  std::vector<std::string> repositories_;
  std::vector<std::string> tags_;
};

} // namespace

int run(const catalog_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "catalog", "walk", out, live};
  work.described()["tags"] = options.tags;
  work.described()["page"] = options.page;
  const image_source source{work.images()};
  work.prepare(fill_workload{source, options}, options.images.repositories);
  work.measure(walk_workload{source, options});
  work.clean_up(erase_workload{source}, options.images.repositories);
  return work.publish();
}

} // namespace gantry::bench
