#include "simulation/planted_bugs.hpp"

#include "simulation/careless_collector.hpp"
#include "simulation/content.hpp"
#include "simulation/forwarding.hpp"
#include "storage/api/answer_of.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry::simulation {

namespace {

// --- disks that are told too little ---

class without_folder_syncs final : public mount {
public:
  using mount::mount;
  int sync_folder(int) override { return 0; }
};

class without_file_syncs final : public mount {
public:
  using mount::mount;
  int sync(int) override { return 0; }
};

template <class Mount>
plants on() {
  plants made;
  made.make_mount = [](disk& medium, mount::clock now) {
    return std::make_unique<Mount>(medium, std::move(now));
  };
  return made;
}

// --- repositories that answer wrongly ---

template <class Repository>
class metadata_of final : public forwarding_metadata {
public:
  metadata_of(metadata_engine& inner, blob_engine& blobs)
    : forwarding_metadata{inner}, blobs_{blobs} {}
  std::shared_ptr<repository_store> open(const repository_name& name) override {
    return std::make_shared<Repository>(forwarding_metadata::open(name), blobs_);
  }

private:
  blob_engine& blobs_;
};

template <class Engine>
plants by() {
  plants made;
  made.decorate = [](std::unique_ptr<storage_engine> inner, mount&, schedule&,
                     const registry::clock&) { return std::make_unique<Engine>(std::move(inner)); };
  return made;
}

template <class Repository>
class engine_of : public forwarding_engine {
public:
  explicit engine_of(std::unique_ptr<storage_engine> inner)
    : forwarding_engine{std::move(inner)},
      metadata_{forwarding_engine::metadata(), forwarding_engine::blobs()} {}
  metadata_engine& metadata() override { return metadata_; }

private:
  metadata_of<Repository> metadata_;
};

template <class Repository>
plants with() {
  return by<engine_of<Repository>>();
}

class wrong_repository : public forwarding_repository {
public:
  wrong_repository(std::shared_ptr<repository_store> inner, blob_engine& blobs)
    : forwarding_repository{std::move(inner)}, blobs_{blobs} {}

protected:
  blob_engine& blobs_;
};

struct answering_before_the_commit final : wrong_repository {
  using wrong_repository::wrong_repository;
  void put_manifest(manifest_write write, completion<missing_references> done) override {
    if (!will_be_stored(*write.value))
      return inner().put_manifest(std::move(write), std::move(done));
    inner().put_manifest(std::move(write), [](const result<missing_references>&) {});
    done(missing_references{});
  }

private:
  bool will_be_stored(const manifest& value) const {
    return std::ranges::all_of(blobs_of(value), [this](const digest& id) {
      return answer_of(inner(), &repository_store::find_blob, id).has_value();
    });
  }
};

struct losing_queued_links final : wrong_repository {
  using wrong_repository::wrong_repository;
  void link_blob(blob_ptr linked, completion<void> done) override {
    inner().link_blob(std::move(linked), [](const result<void>&) {});
    done({});
  }
};

struct without_hold final : wrong_repository {
  using wrong_repository::wrong_repository;
  void hold_until(time_point) override {}
};

struct keeping_old_tags final : wrong_repository {
  using wrong_repository::wrong_repository;
  void find_manifest(const reference& name, completion<manifest_ptr> done) const override {
    if (const auto known = known_.find(to_string(name)); known != known_.end())
      return done(known->second);
    auto found = answer_of(inner(), &repository_store::find_manifest, name);
    if (found)
      known_[to_string(name)] = *found;
    done(std::move(found));
  }

private:
  mutable std::map<std::string, manifest_ptr> known_;
};

struct ignoring_links final : wrong_repository {
  using wrong_repository::wrong_repository;
  void find_blob(const digest& id, completion<blob_ptr> done) const override {
    auto found = answer_of(inner(), &repository_store::find_blob, id);
    done(found ? std::move(found) : answer_of(blobs_, &blob_engine::find, id));
  }
};

// --- runs of retention that are not what they were planned to be ---

struct expiring_one_after_the_other final
  : wrong_repository,
    std::enable_shared_from_this<expiring_one_after_the_other> {
  using wrong_repository::wrong_repository;
  void expire(const expiry& what, completion<change_summary> done) override {
    go_on(what, {}, std::move(done));
  }

private:
  void go_on(expiry left, change_summary sum, completion<change_summary> done) {
    if (left.tags.empty())
      return done(sum);
    const expiry one{{left.tags.back()}, left.how};
    left.tags.pop_back();
    inner().expire(one, [self = shared_from_this(), left, sum,
                         done = std::move(done)](const result<change_summary>& made) {
      if (!made)
        return done(made.error());
      self->go_on(left, {made->change, sum.manifests + made->manifests, sum.tags + made->tags},
                  done);
    });
  }
};

struct expiring_what_has_moved final : wrong_repository {
  using wrong_repository::wrong_repository;
  void expire(const expiry& what, completion<change_summary> done) override {
    auto now = what;
    for (auto& each : now.tags)
      if (const auto found = answer_of(inner(), &repository_store::find_manifest, each.name))
        each.target = (*found)->id();
    inner().expire(now, std::move(done));
  }
};

struct keeping_nothing_that_expires final : wrong_repository {
  using wrong_repository::wrong_repository;
  void expire(const expiry& what, completion<change_summary> done) override {
    inner().expire({what.tags, {what.how.by, remains::nothing}}, std::move(done));
  }
};

// --- leases that are not heeded ---

class forgetful_keeper final : public lease_keeper {
public:
  explicit forgetful_keeper(lease_keeper& inner) : inner_{inner} {}

  void reserve(std::vector<digest> wanted, leased_digests,
               completion<std::vector<reserved_digest>> done) override {
    inner_.reserve(std::move(wanted), leased_digests::may_go, std::move(done));
  }
  void release(std::vector<reserved_digest> held) override { inner_.release(std::move(held)); }

private:
  lease_keeper& inner_;
};

// A hold of the repository would make up for it.
class without_leases final : public engine_of<without_hold> {
public:
  using engine_of::engine_of;
  void set_keeper(lease_keeper* keeper) noexcept override {
    forgetful_.reset();
    if (keeper)
      forgetful_ = std::make_unique<forgetful_keeper>(*keeper);
    engine_of::set_keeper(forgetful_.get());
  }

private:
  std::unique_ptr<forgetful_keeper> forgetful_;
};

// --- uploads that are forgotten too early ---

/// The upload of each sink.
using upload_ids = std::map<const blob_sink*, upload_id>;

class noting_uploads final : public forwarding_uploads {
public:
  noting_uploads(upload_engine& inner, upload_ids& ids) : forwarding_uploads{inner}, ids_{ids} {}

  void open_sink(const upload_id& id, completion<sink_ptr> done) override {
    auto opened = answer_of(inner(), &upload_engine::open_sink, id);
    if (opened)
      ids_.insert_or_assign(opened->get(), id);
    done(std::move(opened));
  }
  void claim_upload(const upload_id& id, completion<resumed_upload> done) override {
    auto resumed = answer_of(inner(), &upload_engine::claim_upload, id);
    if (resumed)
      ids_.insert_or_assign(resumed->sink.get(), id);
    done(std::move(resumed));
  }

private:
  upload_ids& ids_;
};

class forgetting_blobs final : public forwarding_blobs {
public:
  forgetting_blobs(blob_engine& inner, upload_engine& uploads, const upload_ids& ids)
    : forwarding_blobs{inner}, uploads_{uploads}, ids_{ids} {}

  void publish(sink_ptr sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override {
    const auto upload = ids_.at(sink.get());
    inner().publish(std::move(sink), id, lease_until,
                    [this, upload, done = std::move(done)](result<blob_ptr> published) {
                      uploads_.forget_upload(upload); // its row and link are not committed
                      done(std::move(published));
                    });
  }

private:
  upload_engine& uploads_;
  const upload_ids& ids_;
};

class forgetting_engine final : public forwarding_engine {
public:
  explicit forgetting_engine(std::unique_ptr<storage_engine> inner)
    : forwarding_engine{std::move(inner)},
      uploads_{forwarding_engine::uploads(), ids_},
      blobs_{forwarding_engine::blobs(), forwarding_engine::uploads(), ids_} {}
  upload_engine& uploads() override { return uploads_; }
  blob_engine& blobs() override { return blobs_; }

private:
  upload_ids ids_;
  noting_uploads uploads_;
  forgetting_blobs blobs_;
};

/// Much becomes garbage, and is collected while others push.
std::ptrdiff_t count(const history& told, std::initializer_list<action> all) {
  return std::ranges::count_if(
    told.operations, [&](action what) { return std::ranges::find(all, what) != all.end(); },
    &operation::what);
}

bool makes_garbage(const history& told) {
  const auto& around = told.around;
  return around.garbage && around.faults == 0 && around.capacity == usual_capacity &&
         !around.keeps_removed && count(told, {action::collect}) >= 5 &&
         count(told, {action::wait}) >= 5;
}

/// And what was garbage is needed again, while a collection goes on.
bool returns_to_garbage(const history& told) {
  return makes_garbage(told) && told.around.haste <= 12 &&
         count(told, {action::push_image, action::finish_upload, action::mount_blob}) >= 7;
}

} // namespace

std::vector<planted_bug> planted_bugs() {
  return {{"folders are not synced", on<without_folder_syncs>()},
          {"files are not synced", on<without_file_syncs>()},
          {"a manifest is answered before its commit", with<answering_before_the_commit>()},
          {"a link that is only queued is answered", with<losing_queued_links>()},
          {"a HEAD renews no lease", by<without_leases>(), makes_garbage},
          {"a tag that was read once is not read again", with<keeping_old_tags>()},
          {"a mount ignores links", with<ignoring_links>()},
          {"an upload is forgotten before the commit", by<forgetting_engine>()},
          {"retention is a change for each tag", with<expiring_one_after_the_other>()},
          {"retention removes tags that have moved", with<expiring_what_has_moved>()},
          {"what retention removes is not kept", with<keeping_nothing_that_expires>()},
          {"a purge does not look again",
           {.make_mount = {}, .decorate = purge_without_second_look},
           returns_to_garbage},
          {"links are read before a push commits",
           {.make_mount = {}, .decorate = unlink_without_second_look},
           makes_garbage}};
}

} // namespace gantry::simulation
