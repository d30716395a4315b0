#include "storage/disk/repository.hpp"

#include "domain/microseconds.hpp"
#include "storage/disk/blob.hpp"
#include "storage/disk/blob_check.hpp"
#include "storage/disk/bulk_changes.hpp"
#include "storage/disk/expiry.hpp"
#include "storage/disk/history_rows.hpp"
#include "storage/disk/kept_rows.hpp"
#include "storage/disk/manifest_rows.hpp"
#include "storage/disk/referrer_rows.hpp"
#include "storage/disk/schema.hpp"
#include "storage/disk/undo.hpp"

#include <boost/polymorphic_pointer_cast.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace gantry::storage {

namespace {

result<void> link(sqlite::connection& database, std::string_view name, const disk_blob& linked) {
  if (const auto& published = linked.published()) {
    if (auto why = published->failure())
      return std::move(*why);
  }
  const auto row = find_row(database, linked.id());
  // A blob that is being purged, or was found damaged meanwhile, cannot be linked.
  if (!row || !has_bytes(*row))
    return fail(errc::blob_unknown, linked.id().to_string());
  if (row->state != blob_state::live)
    database.run("UPDATE blobs SET state = 0 WHERE id = ?1", row->id);
  database.run("INSERT INTO links VALUES (?1, ?2) ON CONFLICT DO NOTHING",
               make_repository(database, name), row->id);
  return {};
}

/// A page of what a query gives, which asks for `rows_for(request)`.
template <class T, class Read>
page<T> read_page(sqlite::rows rows, const page_request& request, Read read) {
  page<T> listed;
  while (rows.next()) {
    if (listed.items.size() == request.limit) {
      listed.more = true;
      break;
    }
    listed.items.push_back(read(rows));
  }
  return listed;
}

page<tag> read_tags(sqlite::rows names, const page_request& request) {
  return read_page<tag>(std::move(names), request, [](const sqlite::rows& row) {
    return tag::parse_lenient(row.text(0)).value();
  });
}

page<tag_state> read_tag_states(sqlite::connection& database, std::string_view repository,
                                const page_request& request) {
  return read_page<tag_state>(
    database.query(
      "SELECT tags.name, digest, at, user, token, address FROM tags JOIN manifests ON "
      "manifests.id = manifest_id LEFT JOIN history ON sequence = (SELECT sequence FROM history "
      "WHERE repository_id = tags.repository_id AND tag = tags.name ORDER BY at DESC LIMIT 1) "
      "WHERE tags.repository_id = (SELECT id FROM repositories WHERE name = ?1) AND "
      "tags.name > ?2 ORDER BY tags.name LIMIT ?3",
      repository, std::string_view{request.last}, rows_for(request)),
    request, [](const sqlite::rows& row) {
      return tag_state{.name = tag::parse_lenient(row.text(0)).value(),
                       .target = digest::from_binary(row.text(1)).value(),
                       .since = from_microseconds(row.integer(2)),
                       .by = changer_of(row, 3)};
    });
}

} // namespace

disk_repository::disk_repository(disk_store& store, const repository_name& name, caching how)
  : store_{store},
    limited_{store.quotas.is_empty() ? std::nullopt : std::optional{name}},
    name_{name.to_string()},
    is_cached_{how == caching::on},
    generation_{store.uploads->generation},
    pending_{std::make_shared<std::atomic<std::size_t>>(0)},
    cache_owner_{++store.stores_opened} {}

bool disk_repository::may_remember() const {
  const auto changes = store_.outside_changes.load();
  if (std::exchange(remembered_changes_, changes) != changes)
    ++cache_version_;
  return is_cached_ && *pending_ == 0;
}

void disk_repository::find_manifest(const reference& name, completion<manifest_ptr> done) const {
  done(look_up(name));
}

result<manifest_ptr> disk_repository::look_up(const reference& name) const {
  const auto key = to_string(name);
  const bool remember = may_remember();
  if (remember) {
    if (auto known = store_.manifests.find(cache_owner_, cache_version_, key))
      return known;
  }
  auto found = read_manifest(name);
  if (found && remember)
    store_.manifests.keep(cache_owner_, cache_version_, key, *found);
  return found;
}

result<manifest_ptr> disk_repository::read_manifest(const reference& name) const {
  return read_database(store_.readers, [&](auto& database) -> result<manifest_ptr> {
    const auto key = to_string(name);
    const auto* by_tag = std::get_if<tag>(&name);
    auto row = by_tag
                 ? database.query("SELECT digest, media_type, content, state FROM manifests JOIN "
                                  "manifest_states ON manifest_id = id WHERE id = "
                                  "(SELECT manifest_id FROM tags WHERE repository_id = "
                                  "(SELECT id FROM repositories WHERE name = ?1) AND name = ?2)",
                                  std::string_view{name_}, std::string_view{key})
                 : database.query("SELECT digest, media_type, content, state FROM manifests JOIN "
                                  "manifest_states ON manifest_id = id WHERE "
                                  "repository_id = (SELECT id FROM repositories WHERE name = ?1) "
                                  "AND digest = ?2",
                                  std::string_view{name_},
                                  sqlite::bytes{std::get<digest>(name).to_binary()});
    if (!row.next())
      return fail(errc::manifest_unknown, key);
    if (auto found = intact_manifest(row))
      return found;
    if (static_cast<manifest_state>(row.integer(3)) == manifest_state::sound)
      report_damage(digest::from_binary(row.text(0)).value());
    return fail(errc::manifest_unknown, key);
  });
}

void disk_repository::report_damage(const digest& id) const {
  store_.writes.submit(
    [name = name_, id](sqlite::connection& database) -> result<void> {
      mark_damaged(database, name, id);
      return {};
    },
    [](const result<void>&) {});
}

void disk_repository::lease_manifest(const reference& name, time_point lease_until,
                                     completion<manifest_ptr> done) const {
  // A lease on a tag is unnecessary: the tag keeps its manifest, and the database records its
  // removal.
  if (const auto* id = std::get_if<digest>(&name); id && look_up(name))
    store_.holds.lease(name_, *id, lease_until);
  done(look_up(name));
}

void disk_repository::list_tags(const page_request& request, completion<page<tag>> done) const {
  if (request.limit == 0)
    return done(page<tag>{});
  done(read_database(store_.readers, [&](auto& database) {
    auto names = database.query(
      "SELECT name FROM tags WHERE repository_id = (SELECT id FROM repositories WHERE name = ?1) "
      "AND name > ?2 ORDER BY name LIMIT ?3",
      std::string_view{name_}, std::string_view{request.last}, rows_for(request));
    return result<page<tag>>{read_tags(std::move(names), request)};
  }));
}

void disk_repository::list_referrers(const digest& subject, const referrers_query& query,
                                     completion<referrers_page> done) const {
  done(read_database(store_.readers, [&](auto& database) {
    const auto repository = find_repository(database, name_);
    return result<referrers_page>{
      select_referrers(referrer_rows{database, repository, subject}, query)};
  }));
}

void disk_repository::list_history(const history_query& query,
                                   completion<page<history_entry>> done) const {
  done(read_database(store_.readers, [&](auto& database) {
    return result<page<history_entry>>{storage::list_history(database, name_, query)};
  }));
}

void disk_repository::list_removed(const page_request& request,
                                   completion<page<removed_manifest>> done) const {
  done(read_database(store_.readers, [&](auto& database) {
    return result<page<removed_manifest>>{list_kept(database, name_, request)};
  }));
}

void disk_repository::list_manifests(const page_request& request,
                                     completion<page<digest>> done) const {
  const auto last = digest::parse_lenient(request.last);
  if (request.limit == 0 || (!last && !request.last.empty()))
    return done(page<digest>{});
  done(read_database(store_.readers, [&](auto& database) {
    const auto behind = last ? last->to_binary() : std::string{};
    auto ids = database.query(
      "SELECT digest FROM manifests WHERE repository_id = (SELECT id FROM repositories WHERE "
      "name = ?1) AND digest > ?2 ORDER BY digest LIMIT ?3",
      std::string_view{name_}, sqlite::bytes{behind}, rows_for(request));
    return result<page<digest>>{read_page<digest>(std::move(ids), request, [](const auto& row) {
      return digest::from_binary(row.text(0)).value();
    })};
  }));
}

void disk_repository::list_tag_states(const page_request& request,
                                      completion<page<tag_state>> done) const {
  if (request.limit == 0)
    return done(page<tag_state>{});
  done(read_database(store_.readers, [&](auto& database) {
    return result<page<tag_state>>{read_tag_states(database, name_, request)};
  }));
}

void disk_repository::find_blob(const digest& id, completion<blob_ptr> done) const {
  done(linked_blob(id));
}

result<blob_ptr> disk_repository::linked_blob(const digest& id) const {
  return read_database(store_.readers, [&](auto& database) -> result<blob_ptr> {
    const auto row = find_row(database, id);
    if (row && row->state == blob_state::live &&
        database.number("SELECT 1 FROM links WHERE blob_id = ?2 AND repository_id = "
                        "(SELECT id FROM repositories WHERE name = ?1)",
                        0, std::string_view{name_}, row->id) == 1) {
      auto opened = open_intact(store_, database, id, *row);
      if (!opened || *opened)
        return opened;
      quarantine_soon(store_, id);
    }
    return fail(errc::blob_unknown, id.to_string());
  });
}

void disk_repository::has_manifests(completion<bool> done) const {
  done(read_database(store_.readers, [&](auto& database) {
    return result<bool>{database.number("SELECT manifests FROM repositories WHERE name = ?1", 0,
                                        std::string_view{name_}) > 0};
  }));
}

void disk_repository::submit(writer::operation work, completion<void> done, writer::effect does) {
  ++cache_version_;
  ++*pending_;
  if (limited_ && does == writer::effect::stores) {
    auto limited = store_.quotas.limiting(*limited_, std::move(work), std::move(done));
    work = std::move(limited.work);
    done = std::move(limited.done);
  }
  auto checked = [this_generation = generation_, uploads = store_.uploads,
                  work = std::move(work)](sqlite::connection& database) -> result<void> {
    // A store that was open before the engine was cleared must not bring its contents back.
    if (uploads->generation != this_generation)
      return fail(errc::unavailable);
    return work(database);
  };
  store_.writes.submit(
    std::move(checked),
    [pending = pending_, done = std::move(done)](result<void> outcome) {
      --*pending;
      done(std::move(outcome));
    },
    does);
}

template <class T, class Work>
void disk_repository::submit_for(Work work, completion<T> done, writer::effect does) {
  auto value = std::make_shared<T>();
  submit(
    [work = std::move(work), immutable = immutable_, now = to_milliseconds(store_.now()),
     value](sqlite::connection& database) -> result<void> {
      auto outcome = work(database, *immutable, now);
      if (!outcome)
        return std::move(outcome).error();
      *value = std::move(*outcome);
      return {};
    },
    [value, done = std::move(done)](result<void> outcome) {
      if (outcome)
        done(std::move(*value));
      else
        done(std::move(outcome).error());
    },
    does);
}

void disk_repository::put_manifest(manifest_write write, completion<missing_references> done) {
  submit_for<missing_references>(
    [name = name_, write = std::move(write)](auto& database, const auto& immutable, auto now) {
      return storage::put_manifest(database, name, write, immutable, now);
    },
    std::move(done), writer::effect::stores);
}

void disk_repository::copy_manifests(manifest_copy copy, completion<change_summary> done) {
  submit_for<change_summary>(
    [name = name_, copy = std::move(copy)](auto& database, const auto& immutable, auto now) {
      return storage::copy_manifests(database, name, copy, immutable, now);
    },
    std::move(done), writer::effect::stores);
}

void disk_repository::link_blob(blob_ptr linked, completion<void> done) {
  auto own = boost::polymorphic_pointer_downcast<const disk_blob>(linked);
  submit([name = name_, own = std::move(own)](
           sqlite::connection& database) { return link(database, name, *own); },
         std::move(done), writer::effect::stores);
}

void disk_repository::unlink_blob(const digest& id, completion<void> done) {
  submit(
    [name = name_, id, immutable = immutable_](sqlite::connection& database) -> result<void> {
      if (auto free = check_not_needed(database, find_repository(database, name), id, *immutable);
          !free)
        return free;
      const auto blob = find_row(database, id);
      const auto removed =
        blob ? database.run("DELETE FROM links WHERE blob_id = ?2 AND repository_id = "
                            "(SELECT id FROM repositories WHERE name = ?1)",
                            std::string_view{name}, blob->id)
             : 0;
      if (removed != 1)
        return fail(errc::blob_unknown, id.to_string());
      forget_kept_needing(database, find_repository(database, name), id);
      database.run("UPDATE blobs SET state = 4 WHERE id = ?1 AND state = 0 AND NOT EXISTS "
                   "(SELECT 1 FROM links WHERE blob_id = ?1)",
                   blob->id);
      return {};
    },
    std::move(done));
}

void disk_repository::delete_tag(const tag& name, const changer_ptr& by, completion<void> done) {
  submit(
    [repository = name_, name, immutable = immutable_, by,
     now = to_milliseconds(store_.now())](sqlite::connection& database) -> result<void> {
      if (!remove_tag(database, repository, name.to_string(), by, now))
        return fail(errc::manifest_unknown, name.to_string());
      // Failing rolls the deletion back.
      return immutable->match(name.to_string())
               ? result<void>{fail(errc::tag_immutable, name.to_string())}
               : result<void>{};
    },
    std::move(done));
}

void disk_repository::delete_manifest(const digest& id, const removal& how, completion<void> done) {
  submit(
    [name = name_, id, immutable = immutable_, how,
     now = to_milliseconds(store_.now())](sqlite::connection& database) -> result<void> {
      const auto repository = find_repository(database, name);
      if (auto free = check_not_needed(database, repository, id, *immutable); !free)
        return free;
      change_writer log{database, repository, how.by, now};
      record_removal(database, repository, id, change_kind::remove, log);
      if (!drop_manifest(database, repository, id, how.leaves, now))
        return fail(errc::manifest_unknown, id.to_string());
      return {};
    },
    std::move(done));
}

void disk_repository::delete_manifests(const removal& how, completion<change_summary> done) {
  submit_for<change_summary>(
    [name = name_, how](auto& database, const auto& immutable, auto now) {
      return storage::delete_manifests(database, name, how, immutable, now);
    },
    std::move(done));
}

void disk_repository::expire(const expiry& what, completion<change_summary> done) {
  submit_for<change_summary>(
    [name = name_, what](auto& database, const auto& immutable, auto now) {
      return storage::expire(database, name, what, immutable, now);
    },
    std::move(done));
}

void disk_repository::undo(const undo_request& request,
                           completion<std::vector<history_entry>> done) {
  submit_for<std::vector<history_entry>>(
    [name = name_, request](auto& database, const auto& immutable, auto now) {
      return storage::undo(database, name, request, immutable, now);
    },
    std::move(done), writer::effect::stores);
}

void disk_repository::protect(std::shared_ptr<const tag_patterns> immutable) {
  immutable_ = std::move(immutable);
}

void disk_repository::hold_until(time_point until) {
  store_.holds.hold(name_, until);
}

} // namespace gantry::storage
