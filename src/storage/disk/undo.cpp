#include "storage/disk/undo.hpp"

#include "storage/disk/history_rows.hpp"
#include "storage/disk/kept_rows.hpp"
#include "storage/disk/manifest_rows.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace gantry::storage {

namespace {

class undo_work {
public:
  undo_work(sqlite::connection& database, std::string_view name, const undo_request& request,
            const tag_patterns& immutable, std::int64_t now)
    : database_{database},
      name_{name},
      repository_{find_repository(database, name)},
      request_{request},
      immutable_{immutable},
      now_{now},
      log_{database, repository_, request.how.by, now} {}

  result<std::vector<history_entry>> run() {
    const auto entries = std::visit([&](const auto& what) { return entries_of(what); }, //
                                    request_.what);
    if (!entries)
      return entries.error();
    const auto steps = plan_undo(*entries, view());
    if (!steps)
      return steps.error();
    if (!steps->empty())
      if (auto room = check_quota(database_, repository_, request_.max_repositories); !room)
        return std::move(room).error();
    for (const auto& step : *steps)
      if (auto taken = step.name ? move(step) : replace(step); !taken)
        return std::move(taken).error();
    return log_.change() == 0
             ? std::vector<history_entry>{}
             : find_change(database_, repository_, static_cast<std::uint64_t>(log_.change()));
  }

private:
  using entry_list = std::vector<history_entry>;

  result<entry_list> entries_of(const undo_change& what) const {
    auto found = find_change(database_, repository_, what.sequence);
    if (found.empty())
      return fail(errc::history_unknown, std::to_string(what.sequence));
    return found;
  }

  result<entry_list> entries_of(const undo_since& what) const {
    auto last = list_history(
      database_, name_,
      {.name = what.name, .before = what.to + std::chrono::microseconds{1}, .limit = 1});
    auto entry = to_entry(
      what, last.items.empty() ? std::nullopt : std::optional{std::move(last.items.front())},
      view());
    if (!entry)
      return std::move(entry).error();
    return entry_list{std::move(*entry)};
  }

  result<entry_list> entries_of(const undo_removal& what) const {
    return entry_list{to_entry(what)};
  }

  undo_view view() const {
    return {.target_of =
              [this](const tag& name) {
                const auto found = find_target(database_, repository_, name.to_string());
                return found ? std::optional{found->id} : std::nullopt;
              },
            .place_of =
              [this](const digest& id) {
                if (find_manifest_row(database_, repository_, id) != no_row)
                  return manifest_place::here;
                return kept(id) ? manifest_place::kept : manifest_place::gone;
              },
            .children_of =
              [this](const digest& id) {
                std::vector<digest> children;
                const auto parent = kept(id);
                for (const auto& child : parent->children())
                  children.push_back(child.target);
                return children;
              },
            .tags_of =
              [this](const digest& id) {
                std::vector<tag> tags;
                for (const auto& each :
                     storage::tags_of(database_, find_manifest_row(database_, repository_, id)))
                  tags.push_back(tag::parse_lenient(each).value());
                return tags;
              }};
  }

  /// Null if it is not kept, or damaged.
  manifest_ptr kept(const digest& id) const {
    return read_kept(database_, find_kept(database_, repository_, id));
  }

  result<void> move(const undo_step& step) {
    const auto& name = step.name->to_string();
    if (step.before && immutable_.match(name))
      return fail(errc::tag_immutable, name);
    const auto row =
      find_manifest_row(database_, repository_, step.after ? *step.after : *step.before);
    const auto value = read_manifest(database_, row);
    log_.add({.kind = step.kind,
              .name = name,
              .before = step.before,
              .after = step.after,
              .size = value ? value->bytes().size() : 0,
              .media_type = value ? value->type().to_string() : std::string_view{}});
    if (step.before)
      make_target_young(database_, repository_, name, now_);
    if (step.after)
      point_tag(database_, repository_, name, row);
    else
      database_.run("DELETE FROM tags WHERE repository_id = ?1 AND name = ?2", repository_,
                    std::string_view{name});
    return {};
  }

  result<void> replace(const undo_step& step) {
    const auto& id = step.after ? *step.after : *step.before;
    const auto row = find_kept(database_, repository_, id);
    const auto value = step.after
                         ? read_kept(database_, row)
                         : read_manifest(database_, find_manifest_row(database_, repository_, id));
    log_.add({.kind = step.kind,
              .before = step.before,
              .after = step.after,
              .size = value ? value->bytes().size() : 0,
              .media_type = value ? value->type().to_string() : std::string_view{}});
    if (step.after) {
      insert_manifest(database_, repository_, *value, now_);
      forget_kept(database_, row);
      return {};
    }
    if (auto free = check_not_needed(database_, repository_, id, immutable_); !free)
      return free;
    drop_manifest(database_, repository_, id, request_.how.leaves, now_);
    return {};
  }

  sqlite::connection& database_;
  const std::string_view name_;
  const std::int64_t repository_;
  const undo_request& request_;
  const tag_patterns& immutable_;
  const std::int64_t now_;
  change_writer log_;
};

} // namespace

result<std::vector<history_entry>> undo(sqlite::connection& database, std::string_view name,
                                        const undo_request& request, const tag_patterns& immutable,
                                        std::int64_t now) {
  return undo_work{database, name, request, immutable, now}.run();
}

} // namespace gantry::storage
