// Passes an engine's questions about leases on to the blob store actors, which decide.
#pragma once

#include "base/mutex.hpp"
#include "storage/api/lease_keeper.hpp"

#include <vector>

namespace gantry {

struct registry_services;

/// What the engine has released, until the blob store takes it: a message would be lost with an
/// actor that dies, and the digests would stay reserved. Any thread.
class released_digests {
public:
  void add(std::vector<reserved_digest> more);
  std::vector<reserved_digest> take();

private:
  mutex mutex_;
  std::vector<reserved_digest> all_ GANTRY_GUARDED_BY(mutex_);
};

/// Any thread. A blob store that is gone reserves nothing.
class blob_store_keeper final : public lease_keeper {
public:
  explicit blob_store_keeper(registry_services& services) noexcept : services_{services} {}

  void reserve(std::vector<digest> wanted, leased_digests leased,
               completion<std::vector<reserved_digest>> done) override;
  void release(std::vector<reserved_digest> held) override;

private:
  registry_services& services_;
};

} // namespace gantry
