#include "support/late_engine.hpp"

#include "storage/api/bytes_of.hpp"

#include <boost/polymorphic_cast.hpp>
#include <boost/polymorphic_pointer_cast.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace gantry::test {

late_work_queue::late_work_queue(runs how) {
  if (how == runs::on_its_thread)
    thread_ = std::thread{[kept = state_] { kept->run(); }};
}

late_work_queue::~late_work_queue() {
  {
    const lock_guard lock{state_->guard};
    state_->stopping = true;
  }
  state_->wake.notify_all();
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach(); // it runs what is left, and ends
    return;
  }
  if (thread_.joinable())
    thread_.join();
  while (state_->run_one())
    continue;
}

void late_work_queue::post(std::function<void()> work) {
  const lock_guard lock{state_->guard};
  state_->queue.push_back(std::move(work));
  state_->wake.notify_all();
}

bool late_work_queue::run_one() {
  return state_->run_one();
}

std::size_t late_work_queue::waiting() const {
  const lock_guard lock{state_->guard};
  return state_->queue.size();
}

bool late_work_queue::state::run_one() {
  std::function<void()> first;
  {
    const lock_guard lock{guard};
    if (queue.empty())
      return false;
    first = std::move(queue.front());
    queue.pop_front();
  }
  first();
  return true;
}

void late_work_queue::state::run() {
  for (;;) {
    {
      unique_lock lock{guard};
      while (!stopping && queue.empty())
        wake.wait(lock);
      if (queue.empty())
        return;
    }
    run_one();
  }
}

namespace {

/// Shared by the parts of an engine.
struct late_context {
  std::shared_ptr<late_work_queue> queue;
  std::string elsewhere;

  void post(std::function<void()> work) const { queue->post(std::move(work)); }
};

using queue_ptr = std::shared_ptr<const late_context>;

class late_reader final : public blob_reader {
public:
  late_reader(blob_ptr inner, queue_ptr queue)
    : inner_{std::move(inner)}, queue_{std::move(queue)} {}

  void read(std::uint64_t offset, std::span<std::byte> buffer,
            completion<std::size_t> done) const override {
    queue_->post([inner = inner_, offset, buffer, done = std::move(done)] {
      const auto bytes = bytes_of(*inner).value();
      const auto begin = std::min<std::uint64_t>(offset, bytes.size());
      const auto count = std::min<std::size_t>(buffer.size(), bytes.size() - begin);
      const auto all = std::as_bytes(std::span{bytes});
      std::ranges::copy(all.subspan(begin, count), buffer.begin());
      done(count);
    });
  }

private:
  blob_ptr inner_;
  queue_ptr queue_;
};

class late_blob final : public blob {
public:
  late_blob(blob_ptr inner, queue_ptr queue) : inner_{std::move(inner)}, queue_{std::move(queue)} {}

  const digest& id() const noexcept override { return inner_->id(); }
  std::uint64_t size() const noexcept override { return inner_->size(); }
  blob_source source() const override {
    if (!queue_->elsewhere.empty())
      return blob_redirect{queue_->elsewhere + id().to_string()};
    return std::make_shared<const late_reader>(inner_, queue_);
  }
  const blob_ptr& inner() const noexcept { return inner_; }

private:
  blob_ptr inner_;
  queue_ptr queue_;
};

/// Wraps the blob that `done` is given.
completion<blob_ptr> wrapping(queue_ptr queue, completion<blob_ptr> done) {
  return [queue = std::move(queue), done = std::move(done)](result<blob_ptr> found) {
    if (found)
      found = blob_ptr{std::make_shared<late_blob>(std::move(*found), queue)};
    done(std::move(found));
  };
}

class late_sink final : public blob_sink {
public:
  late_sink(sink_ptr inner, queue_ptr queue)
    : inner_{std::make_shared<sink_ptr>(std::move(inner))},
      size_{inner_->get()->size()},
      queue_{std::move(queue)} {}

  void append(std::span<const std::byte> bytes, completion<void> done) override {
    post<void>([bytes](blob_sink& inner, auto answer) { inner.append(bytes, std::move(answer)); },
               [this, size = bytes.size(), done = std::move(done)](result<void> kept) {
                 // Nothing waits for a sink that is gone, but this one is waited for.
                 if (kept)
                   size_ += size;
                 done(std::move(kept));
               });
  }
  std::uint64_t size() const noexcept override { return size_; }
  void read(std::span<std::byte> buffer, std::uint64_t offset,
            completion<std::size_t> done) const override {
    post<std::size_t>(
      [buffer, offset](const blob_sink& inner, auto answer) {
        inner.read(buffer, offset, std::move(answer));
      },
      std::move(done));
  }
  void save(const repository_name& repository, const upload_position& position, const hasher& hash,
            completion<void> done) override {
    post<void>(
      [repository, position, &hash](blob_sink& inner, auto answer) {
        inner.save(repository, position, hash, std::move(answer));
      },
      std::move(done));
  }
  void discard() noexcept override { inner_->get()->discard(); }

  sink_ptr release() { return std::move(*inner_); }

private:
  /// The queue has let go of the sink when it answers.
  template <class T, class Work>
  void post(Work work, completion<T> done) const {
    queue_->post([inner = inner_, work, done = std::move(done)]() mutable {
      auto& sink = **inner;
      work(sink, [inner = std::move(inner), done = std::move(done)](result<T> answer) mutable {
        inner.reset();
        done(std::move(answer));
      });
    });
  }

  std::shared_ptr<sink_ptr> inner_;
  std::uint64_t size_;
  queue_ptr queue_;
};

class late_uploads final : public upload_engine {
public:
  late_uploads(upload_engine& inner, queue_ptr queue) : inner_{inner}, queue_{std::move(queue)} {}

  void open_sink(const upload_id& id, completion<sink_ptr> done) override {
    queue_->post([this, id, done = std::move(done)] {
      inner_.open_sink(id, [this, done](result<sink_ptr> opened) {
        if (opened)
          opened = sink_ptr{std::make_unique<late_sink>(std::move(*opened), queue_)};
        done(std::move(opened));
      });
    });
  }
  void claim_upload(const upload_id& id, completion<resumed_upload> done) override {
    queue_->post([this, id, done = std::move(done)] {
      inner_.claim_upload(id, [this, done](result<resumed_upload> claimed) {
        if (claimed)
          claimed->sink = std::make_unique<late_sink>(std::move(claimed->sink), queue_);
        done(std::move(claimed));
      });
    });
  }
  std::size_t saved_uploads() const override { return inner_.saved_uploads(); }
  void forget_upload(const upload_id& id) noexcept override { inner_.forget_upload(id); }

private:
  upload_engine& inner_;
  queue_ptr queue_;
};

class late_blobs final : public blob_engine {
public:
  late_blobs(blob_engine& inner, queue_ptr queue) : inner_{inner}, queue_{std::move(queue)} {}

  void publish(sink_ptr sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override {
    auto held =
      std::make_shared<sink_ptr>(boost::polymorphic_downcast<late_sink&>(*sink).release());
    queue_->post([this, held, id, lease_until, done = wrapping(queue_, std::move(done))] {
      inner_.publish(std::move(*held), id, lease_until, done);
    });
  }
  void find(const digest& id, completion<blob_ptr> done) override {
    queue_->post([this, id, done = wrapping(queue_, std::move(done))] { inner_.find(id, done); });
  }
  void settle(const blob_ptr& published, completion<void> done) override {
    // The queue has let go of the blob when it answers.
    const auto own = std::make_shared<blob_ptr>(
      boost::polymorphic_pointer_downcast<const late_blob>(published)->inner());
    queue_->post([this, own, done = std::move(done)] {
      inner_.settle(*own, [own, done](result<void> settled) {
        own->reset();
        done(std::move(settled));
      });
    });
  }

private:
  blob_engine& inner_;
  queue_ptr queue_;
};

class late_store final : public repository_store {
public:
  late_store(std::shared_ptr<repository_store> inner, queue_ptr queue)
    : inner_{std::move(inner)}, queue_{std::move(queue)} {}

  void find_manifest(const reference& name, completion<manifest_ptr> done) const override {
    queue_->post(
      [inner = inner_, name, done = std::move(done)] { inner->find_manifest(name, done); });
  }
  void lease_manifest(const reference& name, time_point until,
                      completion<manifest_ptr> done) const override {
    queue_->post([inner = inner_, name, until, done = std::move(done)] {
      inner->lease_manifest(name, until, done);
    });
  }
  void list_tags(const page_request& request, completion<page<tag>> done) const override {
    queue_->post(
      [inner = inner_, request, done = std::move(done)] { inner->list_tags(request, done); });
  }
  void list_referrers(const digest& subject, const referrers_query& query,
                      completion<referrers_page> done) const override {
    queue_->post([inner = inner_, subject, query, done = std::move(done)] {
      inner->list_referrers(subject, query, done);
    });
  }
  void list_history(const history_query& query,
                    completion<page<history_entry>> done) const override {
    queue_->post(
      [inner = inner_, query, done = std::move(done)] { inner->list_history(query, done); });
  }
  void find_blob(const digest& id, completion<blob_ptr> done) const override {
    queue_->post([inner = inner_, id, done = wrapping(queue_, std::move(done))] {
      inner->find_blob(id, done);
    });
  }
  void has_manifests(completion<bool> done) const override {
    queue_->post([inner = inner_, done = std::move(done)] { inner->has_manifests(done); });
  }
  void put_manifest(manifest_write write, completion<missing_references> done) override {
    queue_->post([inner = inner_, write = std::move(write), done = std::move(done)] {
      inner->put_manifest(write, done);
    });
  }
  void link_blob(blob_ptr linked, completion<void> done) override {
    auto own = boost::polymorphic_pointer_downcast<const late_blob>(linked)->inner();
    queue_->post([inner = inner_, own, done = std::move(done)] { inner->link_blob(own, done); });
  }
  void unlink_blob(const digest& id, completion<void> done) override {
    queue_->post([inner = inner_, id, done = std::move(done)] { inner->unlink_blob(id, done); });
  }
  void delete_tag(const tag& name, const changer_ptr& by, completion<void> done) override {
    queue_->post(
      [inner = inner_, name, by, done = std::move(done)] { inner->delete_tag(name, by, done); });
  }
  void delete_manifest(const digest& id, const removal& how, completion<void> done) override {
    queue_->post(
      [inner = inner_, id, how, done = std::move(done)] { inner->delete_manifest(id, how, done); });
  }
  void delete_manifests(const removal& how, completion<change_summary> done) override {
    queue_->post(
      [inner = inner_, how, done = std::move(done)] { inner->delete_manifests(how, done); });
  }
  void copy_manifests(manifest_copy copy, completion<change_summary> done) override {
    queue_->post(
      [inner = inner_, copy, done = std::move(done)] { inner->copy_manifests(copy, done); });
  }
  void expire(const expiry& what, completion<change_summary> done) override {
    queue_->post([inner = inner_, what, done = std::move(done)] { inner->expire(what, done); });
  }
  void undo(const undo_request& request, completion<std::vector<history_entry>> done) override {
    queue_->post([inner = inner_, request, done = std::move(done)] { inner->undo(request, done); });
  }
  void list_manifests(const page_request& request, completion<page<digest>> done) const override {
    queue_->post(
      [inner = inner_, request, done = std::move(done)] { inner->list_manifests(request, done); });
  }
  void list_tag_states(const page_request& request,
                       completion<page<tag_state>> done) const override {
    queue_->post(
      [inner = inner_, request, done = std::move(done)] { inner->list_tag_states(request, done); });
  }
  void list_removed(const page_request& request,
                    completion<page<removed_manifest>> done) const override {
    queue_->post(
      [inner = inner_, request, done = std::move(done)] { inner->list_removed(request, done); });
  }
  void hold_until(time_point until) override { inner_->hold_until(until); }
  void protect(std::shared_ptr<const tag_patterns> immutable) override {
    inner_->protect(std::move(immutable));
  }

private:
  std::shared_ptr<repository_store> inner_;
  queue_ptr queue_;
};

class late_metadata final : public metadata_engine {
public:
  late_metadata(metadata_engine& inner, queue_ptr queue)
    : inner_{inner}, queue_{std::move(queue)} {}

  std::shared_ptr<repository_store> open(const repository_name& name) override {
    return std::make_shared<late_store>(inner_.open(name), queue_);
  }
  void may_open(const repository_name& name, completion<void> done) const override {
    queue_->post([this, name, done = std::move(done)] { inner_.may_open(name, done); });
  }
  void contains(const repository_name& name, completion<bool> done) const override {
    queue_->post([this, name, done = std::move(done)] { inner_.contains(name, done); });
  }
  void rename(const repository_name& from, const repository_name& to,
              std::shared_ptr<const tag_patterns> immutable, completion<void> done) override {
    queue_->post([this, from, to, immutable, done = std::move(done)] {
      inner_.rename(from, to, immutable, done);
    });
  }
  void list_repositories(const page_request& request,
                         completion<page<repository_name>> done) const override {
    queue_->post(
      [this, request, done = std::move(done)] { inner_.list_repositories(request, done); });
  }
  void list_linking(const digest& id, const page_request& request,
                    completion<page<repository_name>> done) const override {
    queue_->post(
      [this, id, request, done = std::move(done)] { inner_.list_linking(id, request, done); });
  }
  void repository_count(completion<std::size_t> done) const override {
    queue_->post([this, done = std::move(done)] { inner_.repository_count(done); });
  }
  void list_changes(const change_query& query, completion<change_page> done) const override {
    queue_->post([this, query, done = std::move(done)] { inner_.list_changes(query, done); });
  }
  void on_change(const void* listener, std::function<void()> told) override {
    inner_.on_change(listener, std::move(told));
  }

private:
  metadata_engine& inner_;
  queue_ptr queue_;
};

class late_engine final : public storage_engine {
public:
  late_engine(std::unique_ptr<storage_engine> inner, const queue_ptr& queue)
    : inner_{std::move(inner)},
      uploads_{inner_->uploads(), queue},
      blobs_{inner_->blobs(), queue},
      metadata_{inner_->metadata(), queue} {}

  upload_engine& uploads() override { return uploads_; }
  blob_engine& blobs() override { return blobs_; }
  metadata_engine& metadata() override { return metadata_; }
  upkeep_engine& upkeep() override { return inner_->upkeep(); }
  void set_keeper(lease_keeper* keeper) noexcept override { inner_->set_keeper(keeper); }

private:
  std::unique_ptr<storage_engine> inner_;
  late_uploads uploads_;
  late_blobs blobs_;
  late_metadata metadata_;
};

} // namespace

std::unique_ptr<storage_engine> make_late_engine(std::unique_ptr<storage_engine> inner,
                                                 std::shared_ptr<late_work_queue> queue,
                                                 std::string elsewhere) {
  const auto around =
    std::make_shared<const late_context>(late_context{std::move(queue), std::move(elsewhere)});
  return std::make_unique<late_engine>(std::move(inner), around);
}

} // namespace gantry::test
