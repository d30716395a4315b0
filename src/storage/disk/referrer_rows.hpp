// The referrers table as the listing reads it.
#pragma once

#include "domain/referrers.hpp"
#include "storage/sqlite/connection.hpp"

#include <cstdint>
#include <string>

namespace gantry::storage {

/// The referrers of one subject; each page is an index range. Not thread-safe; must not outlive the
/// connection. Throws `sqlite::failure`.
class referrer_rows final : public referrer_source {
public:
  referrer_rows(sqlite::connection& database, std::int64_t repository, const digest& subject)
    : database_{database}, repository_{repository}, subject_{subject.to_binary()} {}

  std::vector<digest> list(const std::string* artifact_type, const std::optional<digest>& after,
                           std::size_t limit) const override;
  std::optional<referrer> find(const digest& id) const override;

private:
  sqlite::connection& database_;
  std::int64_t repository_;
  std::string subject_;
};

} // namespace gantry::storage
