// Whether the bytes of a blob are the ones that it is called by, and what is done where they are
// not.
#pragma once

#include "storage/disk/store.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace gantry::storage {

/// Called with the count of bytes that were read; returns whether to go on.
using read_callback = std::function<bool(std::size_t)>;

/// What is wrong with the bytes of a live or condemned row, as the end of a sentence that begins
/// with the digest; empty where nothing is, or where `on_read` said to stop. `deep` reads them all
/// and compares digests, else the size is all that counts. Errors: storage_failed, unavailable.
result<std::string> find_damage(disk_store& store, const digest& id, const blob_row& row, bool deep,
                                const read_callback& on_read = {});

/// Moves the file to the folder `quarantine`, and marks the row, so that the blob is unknown until
/// it is pushed again. Precondition: nobody else works on the digest. Errors: storage_failed,
/// disk_full.
result<void> quarantine(disk_store& store, const digest& id, const blob_row& row);
/// The same, soon and on the writer's thread, for bytes that `open_intact` did not find in order;
/// not where another thread works on the digest, or they are in order by then. Logged. Any thread.
void quarantine_soon(disk_store& store, const digest& id);

} // namespace gantry::storage
