#include "storage/disk/scrub.hpp"

#include "storage/disk/blob_check.hpp"
#include "storage/disk/pace.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

constexpr std::int64_t rows_at_once = 500;
/// How long a stop request waits at most.
constexpr std::chrono::milliseconds longest_sleep{100};

struct entry {
  digest id;
  std::int64_t row;
};

class scrub {
public:
  scrub(disk_store& store, std::uint64_t bytes_per_second, const progress_callback& progress)
    : store_{store}, pace_{bytes_per_second}, progress_{progress} {}

  result<scrub_report> run() {
    const auto last = number("SELECT COALESCE(MAX(id), 0) FROM blobs");
    const auto total = number("SELECT COUNT(*) FROM blobs");
    if (!last || !total)
      return last ? total.error() : last.error();
    total_ = static_cast<std::uint64_t>(*total);
    std::mt19937_64 random{std::random_device{}()};
    const auto start = std::uniform_int_distribution<std::int64_t>{0, *last}(random);
    for (const auto& [after, until] : {std::pair{start, *last}, std::pair{std::int64_t{0}, start}})
      if (auto read = read_range(after, until); !read)
        return std::move(read).error();
    return report_;
  }

private:
  result<std::int64_t> number(const char* sql) {
    return read_database(store_.readers, [sql](auto& database) {
      return result<std::int64_t>{database.number(sql, 0)};
    });
  }

  /// Reads the rows above `after`, up to `until`.
  result<void> read_range(std::int64_t after, std::int64_t until) {
    while (!stopped_) {
      const auto entries = find(after, until);
      if (!entries || entries->empty())
        return entries ? result<void>{} : result<void>{entries.error()};
      for (const auto& each : *entries) {
        if (auto checked = check(each.id); !checked)
          return checked;
        if (stopped_)
          return {};
        ++report_.blobs;
        go_on();
      }
      after = entries->back().row;
    }
    return {};
  }

  result<std::vector<entry>> find(std::int64_t after, std::int64_t until) {
    return read_database(store_.readers, [&](auto& database) -> result<std::vector<entry>> {
      std::vector<entry> found;
      auto rows = database.query("SELECT id, digest FROM blobs WHERE id > ?1 AND id <= ?2 AND "
                                 "state IN (0, 1, 4) ORDER BY id LIMIT ?3",
                                 after, until, rows_at_once);
      while (rows.next())
        if (const auto id = digest::from_binary(rows.text(1)))
          found.push_back({*id, rows.integer(0)});
      return found;
    });
  }

  result<void> check(const digest& id) {
    const auto wrong = look(id);
    if (!wrong)
      return wrong.error();
    if (wrong->empty())
      return {};
    const auto held = store_.keeper.reserve({id}, leased_digests::may_go);
    return held.empty() ? result<void>{} : quarantine_held(id);
  }

  /// Rechecks the bytes with the digest reserved, so no push can replace them meanwhile.
  result<void> quarantine_held(const digest& id) {
    const auto row = find_live(id);
    if (!row || !*row)
      return row ? result<void>{} : result<void>{row.error()};
    const auto wrong = find_damage(store_, id, **row, true);
    if (!wrong || wrong->empty())
      return wrong ? result<void>{} : result<void>{wrong.error()};
    auto moved = quarantine(store_, id, **row);
    if (moved) {
      ++report_.damaged;
      telemetry::log().error("storage: {} {}; it is in quarantine until it is pushed again",
                             id.to_string(), *wrong);
    }
    return moved;
  }

  result<std::string> look(const digest& id) {
    const auto row = find_live(id);
    if (!row || !*row)
      return row ? result<std::string>{std::string{}} : result<std::string>{row.error()};
    return find_damage(store_, id, **row, true, [this](std::size_t bytes) {
      report_.bytes += bytes;
      return wait_until(pace_.after(bytes, std::chrono::steady_clock::now()));
    });
  }

  result<std::optional<blob_row>> find_live(const digest& id) {
    return read_database(store_.readers, [&](auto& database) -> result<std::optional<blob_row>> {
      auto row = find_row(database, id);
      if (row && !has_bytes(*row))
        row.reset();
      return row;
    });
  }

  bool wait_until(pace::time_point due) {
    for (auto now = std::chrono::steady_clock::now(); now < due && go_on();
         now = std::chrono::steady_clock::now())
      std::this_thread::sleep_for(
        std::min<std::chrono::steady_clock::duration>(due - now, longest_sleep));
    return !stopped_;
  }

  bool go_on() {
    total_ = std::max(total_, report_.blobs);
    stopped_ = stopped_ || (progress_ && !progress_(report_.blobs, total_));
    return !stopped_;
  }

  disk_store& store_;
  pace pace_;
  const progress_callback& progress_;
  scrub_report report_;
  std::uint64_t total_ = 0;
  bool stopped_ = false;
};

} // namespace

result<scrub_report> scrub_blobs(disk_store& store, std::uint64_t bytes_per_second,
                                 const progress_callback& progress) {
  return scrub{store, std::max<std::uint64_t>(bytes_per_second, 1), progress}.run();
}

} // namespace gantry::storage
