// Engines that pass everything on, for those that do one thing otherwise.
#pragma once

#include "domain/storage.hpp"

#include <memory>
#include <utility>

namespace gantry::simulation {

class forwarding_repository : public repository_store {
public:
  explicit forwarding_repository(std::shared_ptr<repository_store> inner)
    : inner_{std::move(inner)} {}

  result<manifest_ptr> find_manifest(const reference& name) const override {
    return inner_->find_manifest(name);
  }
  result<manifest_ptr> lease_manifest(const reference& name,
                                      time_point lease_until) const override {
    return inner_->lease_manifest(name, lease_until);
  }
  page<tag> list_tags(const page_request& request) const override {
    return inner_->list_tags(request);
  }
  referrers_page list_referrers(const digest& subject,
                                const referrers_query& query) const override {
    return inner_->list_referrers(subject, query);
  }
  result<blob_ptr> find_blob(const digest& id) const override { return inner_->find_blob(id); }
  result<blob_ptr> lease_blob(const digest& id, time_point lease_until) const override {
    return inner_->lease_blob(id, lease_until);
  }
  bool has_manifests() const override { return inner_->has_manifests(); }
  void put_manifest(manifest_write write, completion<missing_references> done) override {
    inner_->put_manifest(std::move(write), std::move(done));
  }
  void link_blob(blob_ptr linked, completion<void> done) override {
    inner_->link_blob(std::move(linked), std::move(done));
  }
  void unlink_blob(const digest& id, completion<void> done) override {
    inner_->unlink_blob(id, std::move(done));
  }
  void delete_tag(const tag& name, completion<void> done) override {
    inner_->delete_tag(name, std::move(done));
  }
  void delete_manifest(const digest& id, completion<void> done) override {
    inner_->delete_manifest(id, std::move(done));
  }
  void hold_until(time_point until) override { inner_->hold_until(until); }
  void protect(std::shared_ptr<const tag_patterns> immutable) override {
    inner_->protect(std::move(immutable));
  }

protected:
  repository_store& inner() const noexcept { return *inner_; }

private:
  std::shared_ptr<repository_store> inner_;
};

class forwarding_blobs : public blob_engine {
public:
  explicit forwarding_blobs(blob_engine& inner) : inner_{inner} {}

  result<std::unique_ptr<blob_sink>> open_sink(const upload_id& id) override {
    return inner_.open_sink(id);
  }
  result<resumed_upload> claim_upload(const upload_id& id) override {
    return inner_.claim_upload(id);
  }
  std::size_t saved_uploads() const override { return inner_.saved_uploads(); }
  void forget_upload(const upload_id& id) noexcept override { inner_.forget_upload(id); }
  void publish(std::unique_ptr<blob_sink> sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override {
    inner_.publish(std::move(sink), id, lease_until, std::move(done));
  }
  result<blob_ptr> find(const digest& id) override { return inner_.find(id); }
  result<void> renew_lease(const digest& id, time_point lease_until) override {
    return inner_.renew_lease(id, lease_until);
  }

protected:
  blob_engine& inner() const noexcept { return inner_; }

private:
  blob_engine& inner_;
};

class forwarding_metadata : public metadata_engine {
public:
  explicit forwarding_metadata(metadata_engine& inner) : inner_{inner} {}

  std::shared_ptr<repository_store> open(const repository_name& name) override {
    return inner_.open(name);
  }
  result<void> may_open(const repository_name& name) const override {
    return inner_.may_open(name);
  }
  bool contains(const repository_name& name) const override { return inner_.contains(name); }
  page<repository_name> list_repositories(const page_request& request) const override {
    return inner_.list_repositories(request);
  }
  std::size_t repository_count() const override { return inner_.repository_count(); }

private:
  metadata_engine& inner_;
};

class forwarding_engine : public storage_engine {
public:
  explicit forwarding_engine(std::unique_ptr<storage_engine> inner) : inner_{std::move(inner)} {}

  blob_engine& blobs() override { return inner_->blobs(); }
  metadata_engine& metadata() override { return inner_->metadata(); }
  void clear() override { inner_->clear(); }
  void clear_within(const repository_name& top) override { inner_->clear_within(top); }
  snapshot_engine* snapshots() noexcept override { return inner_->snapshots(); }
  result<void> health() const override { return inner_->health(); }
  storage_room room() const override { return inner_->room(); }
  std::uint64_t used_bytes() const override { return inner_->used_bytes(); }
  result<gc_report> collect(const gc_policy& policy, const progress_callback& progress) override {
    return inner_->collect(policy, progress);
  }
  result<scrub_report> scrub(std::uint64_t bytes_per_second,
                             const progress_callback& progress) override {
    return inner_->scrub(bytes_per_second, progress);
  }

protected:
  storage_engine& inner() const noexcept { return *inner_; }

private:
  std::unique_ptr<storage_engine> inner_;
};

} // namespace gantry::simulation
