#include "api/retention_runs.hpp"

#include "api/engine_answer.hpp"
#include "domain/tag_patterns.hpp"
#include "listing/index.hpp"
#include "runtime/ask_repository.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

namespace gantry::api {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

/// How long a repository may take for its part of a run.
constexpr milliseconds repository_patience = std::chrono::seconds{30};
/// Entries of the log that are read at once.
constexpr std::size_t changes_at_once = 1000;

/// A span's worth of work on the thread of the lists.
class judge {
public:
  judge(const retention::rule_list& rules, const tag_patterns& immutable, time_point now)
    : rules_{rules}, immutable_{immutable}, now_{now} {}

  bool wants(const repository_name& name) const {
    return std::ranges::any_of(
      rules_, [&](const retention::rule& each) { return is_about_repository(each, name); });
  }

  void take(const repository_name& name, const std::vector<listing::visited_tag>& tags) {
    std::vector<retention::tag_facts> facts;
    facts.reserve(tags.size());
    for (const auto& each : tags)
      facts.push_back({.name = each.name,
                       .target = each.target,
                       .pushed = each.pushed.value_or(now_),
                       .pulled = each.pulled,
                       .is_protected = !each.pushed || immutable_.match(each.name.to_string())});
    auto found = retention::plan_repository(rules_, name, facts, now_);
    if (!found.tags.empty())
      planned_.push_back(std::move(found));
  }

  retention::plan finish() { return retention::make_plan(rules_, std::move(planned_), now_); }

private:
  const retention::rule_list& rules_;
  const tag_patterns& immutable_;
  const time_point now_;
  std::vector<retention::planned_repository> planned_;
};

std::size_t tags_of(const run_report& report) {
  std::size_t sum = 0;
  for (const auto& each : report.repositories)
    sum += each.made.tags;
  return sum;
}

} // namespace

retention_runs::retention_runs(registry_services& services, listing::index& lists,
                               retention::rule_list rules)
  : services_{services}, lists_{lists}, rules_{std::move(rules)} {}

asio::awaitable<result<retention::plan>> retention_runs::plan(time_point now) {
  now = std::chrono::floor<milliseconds>(now);
  judge judging{rules_, *services_.immutable_tags, now};
  if (rules_.empty())
    co_return judging.finish();
  // On the thread of the lists: it takes a while.
  auto start = [&](completion<retention::plan> done) {
    lists_.visit_tags(
      [&](const repository_name& name) { return judging.wants(name); },
      [&](const repository_name& name, const auto& tags) { judging.take(name, tags); },
      [&, done = std::move(done)](const result<void>& visited) {
        if (visited)
          done(judging.finish());
        else
          done(visited.error());
      });
  };
  co_return co_await engine_answer<retention::plan>(std::move(start));
}

asio::awaitable<result<run_report>> retention_runs::apply(plan_id which, changer by) {
  if (which.made > services_.now())
    co_return fail(errc::plan_outdated, "no plan was made at " + which.to_string());
  auto planned = co_await plan(which.made);
  if (!planned)
    co_return std::move(planned).error();
  if (planned->id != which.content)
    co_return fail(errc::plan_outdated, which.to_string());
  co_return co_await carry_out(*planned, std::move(by));
}

asio::awaitable<result<run_report>> retention_runs::carry_out(const retention::plan& planned,
                                                              changer by) {
  auto start = [this](completion<change_page> done) {
    services_.engine.metadata().list_changes({after_all_changes, 0}, std::move(done));
  };
  const auto end = co_await engine_answer<change_page>(std::move(start));
  if (!end)
    co_return end.error();
  run_report report{.id = {end->next, planned.id}};
  by.token = planned.id;
  const auto who = std::make_shared<const changer>(std::move(by));
  for (const auto& each : planned.repositories) {
    msg::expire_tags expire{{}, who};
    for (const auto& [name, target, rule] : each.tags)
      expire.tags.push_back({name, target});
    auto made = co_await runtime::ask_repository(services_, each.name, std::move(expire), false,
                                                 repository_patience);
    repository_run done{each.name};
    if (made)
      done.made = made->made;
    else
      done.refused = std::move(made).error();
    report.repositories.push_back(std::move(done));
  }
  co_return report;
}

asio::awaitable<result<std::vector<repository_undo>>> retention_runs::undo(run_id which,
                                                                           changer_ptr by) {
  std::vector<std::pair<repository_name, std::uint64_t>> changes;
  std::set<std::uint64_t> seen;
  for (auto after = which.after;;) {
    auto start = [this, after](completion<change_page> done) {
      services_.engine.metadata().list_changes({after, changes_at_once}, std::move(done));
    };
    const auto some = co_await engine_answer<change_page>(std::move(start));
    if (!some)
      co_return some.error();
    for (const auto& [repository, entry] : some->items)
      if (entry.by && entry.by->token == which.content && entry.kind == change_kind::expire &&
          seen.insert(entry.change).second)
        changes.emplace_back(repository, entry.change);
    if (!some->more)
      break;
    after = some->next;
  }
  if (changes.empty())
    co_return fail(errc::history_unknown, which.to_string());
  std::vector<repository_undo> report;
  for (const auto& [repository, change] : changes) {
    msg::undo undo{undo_change{change}, by};
    auto undone = co_await runtime::ask_repository(services_, repository, std::move(undo), true,
                                                   repository_patience);
    repository_undo done{repository, change};
    if (undone)
      done.entries = undone->entries.size();
    else
      done.refused = std::move(undone).error();
    report.push_back(std::move(done));
  }
  co_return report;
}

void retention_runs::run_every(milliseconds interval, asio::io_context& here,
                               std::function<bool()> may_write) {
  schedule_ = &here;
  may_write_ = std::move(may_write);
  asio::co_spawn(here, keep_running(interval), asio::detached);
}

void retention_runs::stop() {
  if (!schedule_)
    return;
  asio::post(*schedule_, [this] {
    stopping_ = true;
    if (timer_)
      timer_->cancel();
  });
}

asio::awaitable<void> retention_runs::keep_running(milliseconds interval) {
  // Its context may end before this object does.
  asio::steady_timer timer{*schedule_};
  timer_ = &timer;
  while (!stopping_) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    boost::system::error_code cancelled;
    timer.expires_after(interval - now % interval);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!stopping_ && may_write_())
      co_await run_once();
  }
  timer_ = nullptr;
}

asio::awaitable<void> retention_runs::run_once() {
  try {
    const auto planned = co_await plan(services_.now());
    if (!planned) {
      telemetry::log().error("retention could not be planned: {}",
                             gantry::to_string(planned.error().code));
      co_return;
    }
    changer by{"retention", {}, {}};
    const auto done = co_await carry_out(*planned, std::move(by));
    if (!done) {
      telemetry::log().error("retention could not begin: {}", gantry::to_string(done.error().code));
      co_return;
    }
    for (const auto& each : done->repositories)
      if (each.refused)
        telemetry::log().warn("retention has left {} as it is: {} {}", each.repository.to_string(),
                              gantry::to_string(each.refused->code), each.refused->detail);
    if (!done->repositories.empty())
      telemetry::log().info("retention has removed {} tags in {} repositories: gantry retention "
                            "undo {} brings them back",
                            tags_of(*done), done->repositories.size(), done->id.to_string());
  } catch (const std::exception& bug) { // such as too little memory
    telemetry::log().error("retention failed: {}", bug.what());
  }
}

} // namespace gantry::api
