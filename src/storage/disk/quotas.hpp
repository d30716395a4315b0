// Quotas of the disk engine: tables and triggers of the writer's connection keep their use.
#pragma once

#include "storage/api/completion.hpp"
#include "storage/api/quota_ledger.hpp"
#include "storage/sqlite/connection.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace gantry::storage {

/// All of it is temporary, so no other connection sees it and the schema stays as it is. The use is
/// rolled back with what it counts, whatever the operation is. Used on the writer's thread.
class disk_quotas {
public:
  /// `ledger` may be null.
  explicit disk_quotas(std::shared_ptr<quota_ledger> ledger) : ledger_{std::move(ledger)} {}

  bool is_empty() const noexcept { return ledger_ == nullptr; }
  /// Counts what there is; from then on `database`, the writer's connection, keeps the count.
  /// Precondition: not empty.
  void begin(sqlite::connection& database);
  /// An operation of the writer that changes the repository.
  using operation = std::function<result<void>(sqlite::connection&)>;
  struct limited_write {
    operation work;
    completion<void> done;
  };
  /// Likewise, within the quotas of that repository. Errors: those of `work`; quota_exceeded: one
  /// of them has grown beyond its limit, which `done` counts. Outlives the operation.
  limited_write limiting(const repository_name& repository, operation work,
                         completion<void> done) const;
  /// Tells the ledger after a commit. Without quotas it does nothing.
  void publish() const noexcept;

private:
  using uses = std::vector<quota_use>;

  void define(sqlite::connection& database) const;
  static uses read(sqlite::connection& database, const quota_ledger::places& of);

  const std::shared_ptr<quota_ledger> ledger_;
  /// Null before `begin`.
  sqlite::connection* database_ = nullptr;
};

} // namespace gantry::storage
