#include "simulation/planted_bugs.hpp"

#include "simulation/careless_collector.hpp"
#include "simulation/content.hpp"
#include "simulation/forwarding.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

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

template <class Repository>
class engine_of final : public forwarding_engine {
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
  plants made;
  made.decorate = [](std::unique_ptr<storage_engine> inner, mount&, schedule&,
                     const registry::clock&) {
    return std::make_unique<engine_of<Repository>>(std::move(inner));
  };
  return made;
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
    return std::ranges::all_of(
      blobs_of(value), [this](const digest& id) { return inner().find_blob(id).has_value(); });
  }
};

struct losing_queued_links final : wrong_repository {
  using wrong_repository::wrong_repository;
  void link_blob(blob_ptr linked, completion<void> done) override {
    inner().link_blob(std::move(linked), [](const result<void>&) {});
    done({});
  }
};

// A hold of the repository would make up for it.
struct without_lease final : wrong_repository {
  using wrong_repository::wrong_repository;
  void hold_until(time_point) override {}
  result<blob_ptr> lease_blob(const digest& id, time_point) const override {
    return inner().find_blob(id);
  }
};

struct keeping_old_tags final : wrong_repository {
  using wrong_repository::wrong_repository;
  result<manifest_ptr> find_manifest(const reference& name) const override {
    if (const auto known = known_.find(to_string(name)); known != known_.end())
      return known->second;
    auto found = inner().find_manifest(name);
    if (found)
      known_[to_string(name)] = *found;
    return found;
  }

private:
  mutable std::map<std::string, manifest_ptr> known_;
};

struct ignoring_links final : wrong_repository {
  using wrong_repository::wrong_repository;
  result<blob_ptr> lease_blob(const digest& id, time_point lease_until) const override {
    auto found = inner().lease_blob(id, lease_until);
    return found ? std::move(found) : blobs_.find(id);
  }
};

// --- uploads that are forgotten too early ---

class forgetting_blobs final : public forwarding_blobs {
public:
  using forwarding_blobs::forwarding_blobs;

  result<std::unique_ptr<blob_sink>> open_sink(const upload_id& id) override {
    auto opened = inner().open_sink(id);
    if (opened)
      ids_.insert_or_assign(opened->get(), id);
    return opened;
  }
  result<resumed_upload> claim_upload(const upload_id& id) override {
    auto resumed = inner().claim_upload(id);
    if (resumed)
      ids_.insert_or_assign(resumed->sink.get(), id);
    return resumed;
  }
  void publish(std::unique_ptr<blob_sink> sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override {
    const auto upload = ids_.at(sink.get());
    inner().publish(std::move(sink), id, lease_until,
                    [this, upload, done = std::move(done)](result<blob_ptr> published) {
                      inner().forget_upload(upload); // its row and link are not committed
                      done(std::move(published));
                    });
  }

private:
  std::map<const blob_sink*, upload_id> ids_;
};

class forgetting_engine final : public forwarding_engine {
public:
  explicit forgetting_engine(std::unique_ptr<storage_engine> inner)
    : forwarding_engine{std::move(inner)}, blobs_{forwarding_engine::blobs()} {}
  blob_engine& blobs() override { return blobs_; }

private:
  forgetting_blobs blobs_;
};

plants forgetting() {
  plants made;
  made.decorate = [](std::unique_ptr<storage_engine> inner, mount&, schedule&,
                     const registry::clock&) {
    return std::make_unique<forgetting_engine>(std::move(inner));
  };
  return made;
}

} // namespace

std::vector<planted_bug> planted_bugs() {
  return {{"folders are not synced", on<without_folder_syncs>()},
          {"files are not synced", on<without_file_syncs>()},
          {"a manifest is answered before its commit", with<answering_before_the_commit>()},
          {"a link that is only queued is answered", with<losing_queued_links>()},
          {"a HEAD renews no lease", with<without_lease>(), 1000},
          {"a tag that was read once is not read again", with<keeping_old_tags>()},
          {"a mount ignores links", with<ignoring_links>()},
          {"an upload is forgotten before the commit", forgetting()},
          {"a purge does not look again",
           {.make_mount = {}, .decorate = purge_without_second_look},
           3790},
          {"links are read before a push commits",
           {.make_mount = {}, .decorate = unlink_without_second_look}}};
}

} // namespace gantry::simulation
