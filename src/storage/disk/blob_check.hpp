// Checks whether a blob's bytes match its digest, and quarantines those that do not.
#pragma once

#include "storage/disk/store.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace gantry::storage {

/// Called with the number of bytes read; returns whether to continue.
using read_callback = std::function<bool(std::size_t)>;

/// Describes what is wrong with the bytes of a live or condemned row, as the end of a sentence that
/// begins with the digest. Empty if they are sound or `on_read` asked to stop. `deep` reads every
/// byte and compares digests; otherwise only the size is checked. Errors: storage_failed,
/// unavailable.
result<std::string> find_damage(disk_store& store, const digest& id, const blob_row& row, bool deep,
                                const read_callback& on_read = {});

/// Moves the file to the folder `quarantine` and marks the row: the blob is unknown until it is
/// pushed again. Precondition: the caller has reserved the digest. Errors: storage_failed,
/// disk_full.
result<void> quarantine(disk_store& store, const digest& id, const blob_row& row);
/// Quarantines bytes that `open_intact` found damaged, later, on the writer's thread. Does nothing
/// if another thread works on the digest, or if the bytes have been replaced by then. Logged.
/// Thread-safe.
void quarantine_soon(disk_store& store, const digest& id);

} // namespace gantry::storage
