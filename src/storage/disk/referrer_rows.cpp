#include "storage/disk/referrer_rows.hpp"

#include <string_view>

namespace gantry::storage {

std::vector<digest> referrer_rows::list(const std::string* artifact_type,
                                        const std::optional<digest>& after,
                                        std::size_t limit) const {
  const auto from = after ? after->to_binary() : std::string{};
  const auto rows_at_most = static_cast<std::int64_t>(limit);
  auto rows =
    artifact_type
      ? database_.query("SELECT digest FROM referrers WHERE repository_id = ?1 AND subject = ?2 "
                        "AND artifact_type = ?3 AND digest > ?4 ORDER BY digest LIMIT ?5",
                        repository_, sqlite::bytes{subject_}, std::string_view{*artifact_type},
                        sqlite::bytes{from}, rows_at_most)
      : database_.query("SELECT digest FROM referrers WHERE repository_id = ?1 AND subject = ?2 "
                        "AND digest > ?3 ORDER BY digest LIMIT ?4",
                        repository_, sqlite::bytes{subject_}, sqlite::bytes{from}, rows_at_most);
  std::vector<digest> ids;
  while (rows.next())
    ids.push_back(digest::from_binary(rows.text(0)).value());
  return ids;
}

std::optional<referrer> referrer_rows::find(const digest& id) const {
  auto row = database_.query("SELECT artifact_type, entry FROM referrers WHERE repository_id = ?1 "
                             "AND subject = ?2 AND digest = ?3",
                             repository_, sqlite::bytes{subject_}, sqlite::bytes{id.to_binary()});
  if (!row.next())
    return std::nullopt;
  return referrer{id, std::string{row.text(0)}, std::string{row.text(1)}};
}

} // namespace gantry::storage
