// Collections that do not look again at what they have read before they remove it.
#pragma once

#include "simulation/forwarding.hpp"
#include "simulation/registry.hpp"

#include <memory>

namespace gantry::simulation {

/// Purges condemned blobs, though they may have been linked or leased since it found them.
std::unique_ptr<storage_engine> purge_without_second_look(std::unique_ptr<storage_engine> inner,
                                                          mount& files, schedule& steps,
                                                          const registry::clock& now);

/// Removes links, though a manifest that needs them may have been committed since it found them.
std::unique_ptr<storage_engine> unlink_without_second_look(std::unique_ptr<storage_engine> inner,
                                                           mount& files, schedule& steps,
                                                           const registry::clock& now);

} // namespace gantry::simulation
