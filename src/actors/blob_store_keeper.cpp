#include "actors/blob_store_keeper.hpp"

#include "actors/registry_services.hpp"

#include <caf/send.hpp>

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

namespace gantry {

namespace {

/// Answers when the last of those who add to it lets go.
class gathering {
public:
  gathering(std::size_t parts, completion<std::vector<reserved_digest>> done)
    : parts_(parts), done_{std::move(done)} {}
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;
  ~gathering() {
    std::vector<reserved_digest> all;
    for (auto& part : parts_)
      std::move(part.begin(), part.end(), std::back_inserter(all));
    done_(std::move(all));
  }

  std::vector<reserved_digest>& part(std::size_t number) { return parts_[number]; }

private:
  std::vector<std::vector<reserved_digest>> parts_;
  completion<std::vector<reserved_digest>> done_;
};

/// For each blob store those whose digest is in its shard.
template <class T, class Digest>
std::vector<std::vector<T>> by_shard(const registry_services& services, std::vector<T> all,
                                     Digest digest_of) {
  std::vector<std::vector<T>> parts(services.blob_stores.size());
  for (auto& each : all)
    parts[services.shard_of(std::invoke(digest_of, each))].push_back(std::move(each));
  return parts;
}

} // namespace

void released_digests::add(std::vector<reserved_digest> more) {
  const lock_guard lock{mutex_};
  std::move(more.begin(), more.end(), std::back_inserter(all_));
}

std::vector<reserved_digest> released_digests::take() {
  const lock_guard lock{mutex_};
  return std::exchange(all_, {});
}

void blob_store_keeper::reserve(std::vector<digest> wanted, leased_digests leased,
                                completion<std::vector<reserved_digest>> done) {
  auto parts = by_shard(services_, std::move(wanted), std::identity{});
  const auto answers = std::make_shared<gathering>(parts.size(), std::move(done));
  for (std::size_t shard = 0; shard < parts.size(); ++shard) {
    const auto decides = services_.blob_stores[shard].get();
    if (decides && !parts[shard].empty())
      caf::anon_send(decides, msg::reserve_digests{
                                std::move(parts[shard]), leased, {answers, &answers->part(shard)}});
  }
}

void blob_store_keeper::release(std::vector<reserved_digest> held) {
  auto parts = by_shard(services_, std::move(held), &reserved_digest::id);
  for (std::size_t shard = 0; shard < parts.size(); ++shard) {
    if (parts[shard].empty())
      continue;
    services_.released[shard].add(std::move(parts[shard]));
    if (const auto decides = services_.blob_stores[shard].get())
      caf::anon_send(decides, msg::release_digests{});
  }
}

} // namespace gantry
