// Engines that pass everything on, for those that do one thing otherwise.
#pragma once

#include "storage/api/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace gantry::simulation {

class forwarding_repository : public repository_store {
public:
  explicit forwarding_repository(std::shared_ptr<repository_store> inner)
    : inner_{std::move(inner)} {}

  void find_manifest(const reference& name, completion<manifest_ptr> done) const override {
    inner_->find_manifest(name, std::move(done));
  }
  void lease_manifest(const reference& name, time_point lease_until,
                      completion<manifest_ptr> done) const override {
    inner_->lease_manifest(name, lease_until, std::move(done));
  }
  void list_tags(const page_request& request, completion<page<tag>> done) const override {
    inner_->list_tags(request, std::move(done));
  }
  void list_history(const history_query& query,
                    completion<page<history_entry>> done) const override {
    inner_->list_history(query, std::move(done));
  }
  void list_referrers(const digest& subject, const referrers_query& query,
                      completion<referrers_page> done) const override {
    inner_->list_referrers(subject, query, std::move(done));
  }
  void find_blob(const digest& id, completion<blob_ptr> done) const override {
    inner_->find_blob(id, std::move(done));
  }
  void has_manifests(completion<bool> done) const override {
    inner_->has_manifests(std::move(done));
  }
  void put_manifest(manifest_write write, completion<missing_references> done) override {
    inner_->put_manifest(std::move(write), std::move(done));
  }
  void link_blob(blob_ptr linked, completion<void> done) override {
    inner_->link_blob(std::move(linked), std::move(done));
  }
  void unlink_blob(const digest& id, completion<void> done) override {
    inner_->unlink_blob(id, std::move(done));
  }
  void delete_tag(const tag& name, const changer_ptr& by, completion<void> done) override {
    inner_->delete_tag(name, by, std::move(done));
  }
  void delete_manifests(const removal& how, completion<change_summary> done) override {
    inner_->delete_manifests(how, std::move(done));
  }
  void copy_manifests(manifest_copy copy, completion<change_summary> done) override {
    inner_->copy_manifests(std::move(copy), std::move(done));
  }
  void expire(const expiry& what, completion<change_summary> done) override {
    inner_->expire(what, std::move(done));
  }
  void undo(const undo_request& request, completion<std::vector<history_entry>> done) override {
    inner_->undo(request, std::move(done));
  }
  void list_manifests(const page_request& request, completion<page<digest>> done) const override {
    inner_->list_manifests(request, std::move(done));
  }
  void list_tag_states(const page_request& request,
                       completion<page<tag_state>> done) const override {
    inner_->list_tag_states(request, std::move(done));
  }
  void list_removed(const page_request& request,
                    completion<page<removed_manifest>> done) const override {
    inner_->list_removed(request, std::move(done));
  }
  void delete_manifest(const digest& id, const removal& how, completion<void> done) override {
    inner_->delete_manifest(id, how, std::move(done));
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

class forwarding_uploads : public upload_engine {
public:
  explicit forwarding_uploads(upload_engine& inner) : inner_{inner} {}

  void open_sink(const upload_id& id, completion<sink_ptr> done) override {
    inner_.open_sink(id, std::move(done));
  }
  void claim_upload(const upload_id& id, completion<resumed_upload> done) override {
    inner_.claim_upload(id, std::move(done));
  }
  std::size_t saved_uploads() const override { return inner_.saved_uploads(); }
  void forget_upload(const upload_id& id) noexcept override { inner_.forget_upload(id); }

protected:
  upload_engine& inner() const noexcept { return inner_; }

private:
  upload_engine& inner_;
};

class forwarding_blobs : public blob_engine {
public:
  explicit forwarding_blobs(blob_engine& inner) : inner_{inner} {}

  void publish(sink_ptr sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override {
    inner_.publish(std::move(sink), id, lease_until, std::move(done));
  }
  void find(const digest& id, completion<blob_ptr> done) override {
    inner_.find(id, std::move(done));
  }
  void settle(const blob_ptr& published, completion<void> done) override {
    inner_.settle(published, std::move(done));
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
  void may_open(const repository_name& name, completion<void> done) const override {
    inner_.may_open(name, std::move(done));
  }
  void contains(const repository_name& name, completion<bool> done) const override {
    inner_.contains(name, std::move(done));
  }
  void rename(const repository_name& from, const repository_name& to,
              std::shared_ptr<const tag_patterns> immutable, completion<void> done) override {
    inner_.rename(from, to, std::move(immutable), std::move(done));
  }
  void list_repositories(const page_request& request,
                         completion<page<repository_name>> done) const override {
    inner_.list_repositories(request, std::move(done));
  }
  void list_linking(const digest& id, const page_request& request,
                    completion<page<repository_name>> done) const override {
    inner_.list_linking(id, request, std::move(done));
  }
  void repository_count(completion<std::size_t> done) const override {
    inner_.repository_count(std::move(done));
  }
  void list_changes(const change_query& query, completion<change_page> done) const override {
    inner_.list_changes(query, std::move(done));
  }
  void on_change(const void* listener, std::function<void()> told) override {
    inner_.on_change(listener, std::move(told));
  }

private:
  metadata_engine& inner_;
};

class forwarding_upkeep : public upkeep_engine {
public:
  explicit forwarding_upkeep(upkeep_engine& inner) : inner_{inner} {}

  void clear(completion<void> done) override { inner_.clear(std::move(done)); }
  void clear_within(const repository_name& top, completion<void> done) override {
    inner_.clear_within(top, std::move(done));
  }
  void collect(const gc_policy& policy, progress_callback progress,
               completion<gc_report> done) override {
    inner_.collect(policy, std::move(progress), std::move(done));
  }
  void scrub(std::uint64_t bytes_per_second, progress_callback progress,
             completion<scrub_report> done) override {
    inner_.scrub(bytes_per_second, std::move(progress), std::move(done));
  }
  result<void> health() const override { return inner_.health(); }
  storage_room room() const override { return inner_.room(); }
  void used_bytes(completion<std::uint64_t> done) const override {
    inner_.used_bytes(std::move(done));
  }

private:
  upkeep_engine& inner_;
};

class forwarding_engine : public storage_engine {
public:
  explicit forwarding_engine(std::unique_ptr<storage_engine> inner) : inner_{std::move(inner)} {}

  upload_engine& uploads() override { return inner_->uploads(); }
  blob_engine& blobs() override { return inner_->blobs(); }
  metadata_engine& metadata() override { return inner_->metadata(); }
  upkeep_engine& upkeep() override { return inner_->upkeep(); }
  snapshot_engine* snapshots() noexcept override { return inner_->snapshots(); }
  void set_keeper(lease_keeper* keeper) noexcept override { inner_->set_keeper(keeper); }

private:
  std::unique_ptr<storage_engine> inner_;
};

} // namespace gantry::simulation
