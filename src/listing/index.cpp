#include "listing/index.hpp"

#include "base/background_thread.hpp"
#include "listing/database.hpp"
#include "listing/follower.hpp"
#include "listing/lists.hpp"
#include "listing/pull_rows.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <limits>
#include <utility>

namespace gantry::listing {

namespace {

using std::chrono::steady_clock;

/// Pulls are written down this long after the first of them.
constexpr auto pulls_after = std::chrono::seconds{10};
/// Changes are followed this long after the first of them.
constexpr auto follow_after = std::chrono::milliseconds{250};
/// How long a client waits for an index that is being built.
constexpr auto patience = std::chrono::seconds{5};
/// How often pulls of what is gone are added up.
constexpr auto fold_after = std::chrono::hours{24};

error failure_of(const storage::sqlite::failure& failed) {
  if (failed.is_full())
    return fail(errc::disk_full);
  if (failed.is_out_of_descriptors())
    return fail(errc::descriptors_exhausted);
  telemetry::log().error("the index of lists cannot be used ({}): {}", failed.code(),
                         failed.what());
  return fail(errc::storage_failed);
}

} // namespace

/// What the thread works with.
class index::worker {
public:
  explicit worker(index& of) : of_{of} {}

  /// Writes down what was counted.
  result<void> flush() {
    auto counted = of_.pulls_.take();
    if (unwritten_.size() <= pull_counts::max_references)
      unwritten_.insert(unwritten_.end(), std::make_move_iterator(counted.begin()),
                        std::make_move_iterator(counted.end()));
    if (unwritten_.empty())
      return {};
    return use([&](database& rows) -> result<bool> {
      rows.in_transaction([&] { add_pulls(rows.rows(), unwritten_); });
      unwritten_.clear();
      return true;
    });
  }

  result<void> catch_up() {
    return use([&](database&) -> result<bool> {
      auto done = follower_->catch_up([this](std::uint64_t read) { return of_.goes_on(read); });
      if (done && *done)
        fold_now_and_then();
      return done;
    });
  }

  /// Runs `task` with the database, or with why there is none.
  void run(const task& work, const result<void>& ready) {
    if (!ready)
      return work(ready.error());
    const auto used = use([&](database& rows) -> result<bool> {
      work(std::ref(rows));
      return true;
    });
    if (!used)
      work(used.error());
  }

private:
  /// Opens the database if that was not done. `work` returns false if it was ended early.
  template <class Work>
  result<void> use(Work work) {
    try {
      if (!rows_) {
        rows_.emplace(of_.file_);
        follower_.emplace(of_.engine_, *rows_);
      }
      auto done = work(*rows_);
      if (!done)
        return std::move(done).error();
      return *done ? result<void>{} : result<void>{fail(errc::unavailable, "the index is closed")};
    } catch (const storage::sqlite::failure& failed) {
      if (failed.is_damaged())
        remove_file();
      return failure_of(failed);
    } catch (const std::exception& bug) { // such as too little memory
      telemetry::log().error("the index of lists failed: {}", bug.what());
      return fail(errc::internal);
    }
  }

  void remove_file() {
    follower_.reset();
    rows_.reset();
    if (!of_.file_.empty())
      database::remove(of_.file_);
  }

  void fold_now_and_then() {
    const auto now = steady_clock::now();
    if (folded_ && now < *folded_ + fold_after)
      return;
    folded_ = now;
    rows_->in_transaction([this] { fold_pulls(rows_->rows(), of_.now_()); });
  }

  index& of_;
  /// Those of a flush that failed, such as on a full disk.
  std::vector<counted_pulls> unwritten_;
  std::optional<database> rows_;
  std::optional<follower> follower_;
  std::optional<steady_clock::time_point> folded_;
};

index::index(storage_engine& engine, std::string file, std::function<time_point()> now)
  : engine_{engine},
    file_{std::move(file)},
    now_{std::move(now)},
    pulls_{[this] {
      const lock_guard lock{mutex_};
      flush_at_ = flush_at_.value_or(steady_clock::now() + pulls_after);
      wake_.notify_one();
    }},
    thread_{start_background_thread("gantry-listing", [this] { run(); })} {}

index::~index() {
  stop();
}

template <class T, class Find>
void index::ask(completion<T> done, Find find) {
  auto work = [done = std::move(done), find = std::move(find)](auto rows) {
    if (rows)
      done(find(rows->get().rows()));
    else
      done(std::move(rows).error());
  };
  submit({.work = std::move(work), .needs_content = true});
}

void index::list_repositories(repository_query query,
                              completion<found_rows<repository_record>> done) {
  ask(std::move(done),
      [query = std::move(query)](auto& rows) { return listing::list_repositories(rows, query); });
}

void index::list_tags(const repository_name& in, tag_query query,
                      completion<found_rows<tag_record>> done) {
  ask(std::move(done),
      [in, query = std::move(query)](auto& rows) { return listing::list_tags(rows, in, query); });
}

void index::search(search_query query, completion<found_rows<manifest_record>> done) {
  ask(std::move(done),
      [query = std::move(query)](auto& rows) { return listing::search(rows, query); });
}

void index::visit_tags(
  std::function<bool(const repository_name&)> wants,
  std::function<void(const repository_name&, const std::vector<visited_tag>&)> use,
  completion<void> done) {
  ask(std::move(done), [wants = std::move(wants), use = std::move(use)](auto& rows) {
    return listing::visit_tags(rows, wants, use);
  });
}

void index::rename(const repository_name& from, const repository_name& to) {
  submit({.work = [from, to](auto rows) {
    if (rows)
      rows->get().in_transaction([&] { rename_pulls(rows->get().rows(), from, to); });
  }});
}

void index::forget(const std::optional<repository_name>& within) {
  submit({.work = [within](auto rows) {
    if (rows)
      rows->get().in_transaction([&] { forget_pulls(rows->get().rows(), within); });
  }});
}

void index::submit(due_task next) {
  next.patience = steady_clock::now() + patience;
  bool is_refused = false;
  {
    const lock_guard lock{mutex_};
    is_refused = stopping_ || (has_ended_ && next.needs_content);
    if (!is_refused) {
      next.number = ++tasks_;
      queue_.push_back(std::move(next));
      wake_.notify_one();
    }
  }
  if (is_refused)
    next.work(fail(errc::unavailable, "the registry is stopping"));
}

void index::notice() {
  if (has_grown_.load(std::memory_order_relaxed) || has_grown_.exchange(true))
    return;
  const lock_guard lock{mutex_};
  follow_at_ = steady_clock::now() + follow_after;
  wake_.notify_one();
}

std::vector<index::due_task> index::take_before(std::uint64_t number) {
  std::vector<due_task> taken;
  const lock_guard lock{mutex_};
  while (!queue_.empty() && queue_.front().number <= number) {
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

bool index::goes_on(std::uint64_t read) {
  const auto now = steady_clock::now();
  std::vector<due_task> impatient;
  bool is_over = false;
  {
    const lock_guard lock{mutex_};
    for (auto& each : queue_)
      if (each.needs_content && (has_ended_ || each.patience < now))
        impatient.push_back(std::move(each));
    std::erase_if(queue_, [](const due_task& each) { return !each.work; });
    is_over = stopping_;
  }
  for (const auto& each : impatient)
    each.work(fail(errc::unavailable, "the index of lists is being built: " + std::to_string(read) +
                                        " manifests and tags have been read so far"));
  return !is_over;
}

bool index::wait(unique_lock& lock) {
  while (!stopping_ && queue_.empty()) {
    auto next = flush_at_;
    if (follow_at_ && (!next || *follow_at_ < *next))
      next = follow_at_;
    if (next && *next <= steady_clock::now())
      break;
    if (next)
      wake_.wait_until(lock, *next);
    else
      wake_.wait(lock);
  }
  return !stopping_;
}

void index::run() {
  worker works{*this};
  for (bool follows = false;;) {
    std::uint64_t last = 0;
    bool needs_content = false;
    {
      unique_lock lock{mutex_};
      if (!wait(lock))
        break;
      last = tasks_;
      needs_content = std::ranges::any_of(queue_, &due_task::needs_content) ||
                      (follow_at_ && *follow_at_ <= steady_clock::now());
      flush_at_.reset();
      if (needs_content)
        follow_at_.reset();
    }
    auto ready = works.flush();
    if (ready && needs_content) {
      if (!std::exchange(follows, true))
        engine_.metadata().on_change(this, [this] { notice(); });
      has_grown_ = false;
      ready = works.catch_up();
      if (!ready) // the next question tries again, and not each change
        has_grown_ = true;
    }
    for (const auto& each : take_before(last))
      works.run(each.work, each.needs_content ? ready : result<void>{});
  }
  works.flush();
  for (const auto& each : take_before(std::numeric_limits<std::uint64_t>::max()))
    works.run(each.work, each.needs_content
                           ? result<void>{fail(errc::unavailable, "the registry is stopping")}
                           : result<void>{});
}

void index::end_queries() {
  {
    const lock_guard lock{mutex_};
    has_ended_ = true;
  }
  goes_on(0);
}

void index::stop() {
  if (!thread_.joinable())
    return;
  {
    const lock_guard lock{mutex_};
    stopping_ = true;
    has_ended_ = true;
    wake_.notify_one();
  }
  thread_.join();
  engine_.metadata().on_change(this, {});
}

} // namespace gantry::listing
