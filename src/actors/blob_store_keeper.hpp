// Passes an engine's questions about leases on to the blob store actors, which decide.
#pragma once

#include "storage/api/lease_keeper.hpp"

#include <vector>

namespace gantry {

struct registry_services;

/// Any thread. A blob store that is gone reserves nothing.
class blob_store_keeper final : public lease_keeper {
public:
  explicit blob_store_keeper(const registry_services& services) noexcept : services_{services} {}

  void reserve(std::vector<digest> wanted, leased_digests leased,
               completion<std::vector<reserved_digest>> done) override;
  void release(std::vector<reserved_digest> held) override;

private:
  const registry_services& services_;
};

} // namespace gantry
