// Removes the tags that the rules of retention remove.
#pragma once

#include "actors/registry_services.hpp"
#include "api/retention_ids.hpp"
#include "domain/error.hpp"
#include "domain/history.hpp"
#include "domain/manifest_copy.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "retention/plan.hpp"
#include "retention/rule.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace gantry::listing {
class index;
} // namespace gantry::listing

namespace gantry::api {

/// What was done in one repository.
struct repository_run {
  repository_name repository;
  change_summary made = {};
  /// Why nothing was; a tag has changed meanwhile, for example.
  std::optional<error> refused = {};
};

struct run_report {
  run_id id = {};
  std::vector<repository_run> repositories = {};
};

/// What was taken back in one repository.
struct repository_undo {
  repository_name repository;
  /// The change that was to be undone.
  std::uint64_t change = 0;
  /// How many entries that added.
  std::size_t entries = 0;
  std::optional<error> refused = {};
};

/// Coroutines of any io thread; the rest is for its owner.
class retention_runs {
public:
  /// Both outlive this. `rules` may be empty: then nothing is removed.
  retention_runs(registry_services& services, listing::index& lists, retention::rule_list rules);

  const retention::rule_list& rules() const noexcept { return rules_; }

  /// What the rules remove at this moment. Immutable tags stay. Errors: those of the lists.
  boost::asio::awaitable<result<retention::plan>> plan(time_point now);
  /// Does exactly what the plan says, in one change for each repository; one in which a tag changes
  /// meanwhile is left as it is. Errors: plan_outdated (the rules or what they judge have changed),
  /// those of the lists.
  boost::asio::awaitable<result<run_report>> apply(plan_id which, changer by);
  /// Takes a run back, in each repository where that is still possible. Errors: history_unknown
  /// (the log does not have it).
  boost::asio::awaitable<result<std::vector<repository_undo>>> undo(run_id which, changer_ptr by);

  /// Plans and applies whenever the time since 1970 is a multiple of `interval`, until `stop`, if
  /// `may_write` then. The log says what was removed. On the thread of `here`, which outlives this.
  void run_every(std::chrono::milliseconds interval, boost::asio::io_context& here,
                 std::function<bool()> may_write);
  /// Ends that; a run in progress goes on. Idempotent.
  void stop();

private:
  boost::asio::awaitable<void> keep_running(std::chrono::milliseconds interval);
  boost::asio::awaitable<void> run_once();
  boost::asio::awaitable<result<run_report>> carry_out(const retention::plan& planned, changer by);

  registry_services& services_;
  listing::index& lists_;
  const retention::rule_list rules_;
  boost::asio::io_context* schedule_ = nullptr;
  std::function<bool()> may_write_;
  /// That of `keep_running`, while it runs.
  boost::asio::steady_timer* timer_ = nullptr;
  bool stopping_ = false;
};

} // namespace gantry::api
