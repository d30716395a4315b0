#include "actors/blob_store_keeper.hpp"

#include "actors/registry_services.hpp"

#include <caf/send.hpp>

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
  const auto shards = services_.blob_stores.size();
  std::vector<std::vector<digest>> parts(shards);
  for (auto& each : wanted)
    parts[services_.shard_of(each)].push_back(std::move(each));
  const auto answers = std::make_shared<gathering>(shards, std::move(done));
  for (std::size_t shard = 0; shard < shards; ++shard) {
    const auto decides = services_.blob_stores[shard].get();
    if (decides && !parts[shard].empty())
      caf::anon_send(decides, msg::reserve_digests{
                                std::move(parts[shard]), leased, {answers, &answers->part(shard)}});
  }
}

void blob_store_keeper::release(std::vector<reserved_digest> held) {
  const auto shards = services_.blob_stores.size();
  std::vector<std::vector<reserved_digest>> parts(shards);
  for (auto& each : held)
    parts[services_.shard_of(each.id)].push_back(std::move(each));
  for (std::size_t shard = 0; shard < shards; ++shard) {
    if (parts[shard].empty())
      continue;
    services_.released[shard].add(std::move(parts[shard]));
    if (const auto decides = services_.blob_stores[shard].get())
      caf::anon_send(decides, msg::release_digests{});
  }
}

} // namespace gantry
