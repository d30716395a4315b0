// The engines that must keep the promises of storage/api. The contract suites in
// {blob,metadata,catalog}_contract_test.cpp run every case with each of them.
#pragma once

#include "storage/api/answer_of.hpp"
#include "storage/api/engine.hpp"
#include "storage/disk/engine.hpp"
#include "storage/memory/engine.hpp"
#include "storage/test_content.hpp"
#include "support/late_engine.hpp"
#include "support/temp_dir.hpp"

#include <boost/mp11/algorithm.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace gantry::test {

inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// What an engine may be unable to do.
struct capabilities {
  /// Gives back the bytes that it was given. One that drops them can still be measured.
  bool keeps_bytes = true;
  /// Refuses writes beyond a limit, which its subject takes.
  bool is_bounded = false;
  /// Keeps a blob that nothing links until its lease is over.
  bool is_durable = false;
  /// Works in the calling thread, so that a forked child can use it.
  bool survives_fork = true;
};

/// An empty engine with a limit of `limit` bytes, and its clock.
struct memory_subject {
  static constexpr capabilities can{.is_bounded = true};

  explicit memory_subject(std::uint64_t limit = unlimited)
    : engine{storage::make_memory_engine(
        {.limit = limit, .inline_threshold = 16 * 1024, .now = [this] { return now; }})} {}
  explicit memory_subject(std::shared_ptr<quota_ledger> quotas)
    : engine{storage::make_memory_engine({.inline_threshold = 16 * 1024,
                                          .now = [this] { return now; },
                                          .quotas = std::move(quotas)})} {}

  time_point now{std::chrono::hours{24 * 365 * 50}};
  std::unique_ptr<storage_engine> engine;
};

/// A disk engine in a folder that is removed afterwards.
struct disk_subject {
  static constexpr capabilities can{.is_durable = true};

  explicit disk_subject(std::shared_ptr<quota_ledger> limits = {})
    : quotas{std::move(limits)}, engine{open()} {}

  std::unique_ptr<storage_engine> open() {
    return storage::open_disk_engine({.folder = folder.path() / "data",
                                      .inline_threshold = 16 * 1024,
                                      .restart_hold = std::chrono::milliseconds{0},
                                      .now = [this] { return now; },
                                      .quotas = quotas});
  }

  /// Reopens the folder like a new process.
  void restart() {
    engine.reset();
    engine = open();
  }

  temp_dir folder;
  time_point now{std::chrono::hours{24 * 365 * 50}};
  std::shared_ptr<quota_ledger> quotas;
  std::unique_ptr<storage_engine> engine;
};

/// An engine in memory that answers late, on a thread of its own.
struct late_subject {
  static constexpr capabilities can{.survives_fork = false};

  explicit late_subject(std::shared_ptr<quota_ledger> quotas = {})
    : engine{make_late_engine(
        storage::make_memory_engine({.inline_threshold = 16 * 1024,
                                     .now = [this] { return now; },
                                     .quotas = std::move(quotas)}),
        std::make_shared<late_work_queue>(late_work_queue::runs::on_its_thread))} {}

  time_point now{std::chrono::hours{24 * 365 * 50}};
  std::unique_ptr<storage_engine> engine;
};

/// Add an engine here to run the contract suites with it.
using contract_engines = std::tuple<memory_subject, disk_subject, late_subject>;

/// The engines that can do this, for the cases that need it.
template <bool capabilities::*Needed>
struct can_do {
  template <class Subject>
  using fn = boost::mp11::mp_bool<Subject::can.*Needed>;
};
template <bool capabilities::*Needed>
using engines_that = boost::mp11::mp_copy_if_q<contract_engines, can_do<Needed>>;

/// A subject with another kind of engine.
template <class Subject>
using another_than =
  std::conditional_t<std::is_same_v<Subject, disk_subject>, memory_subject, disk_subject>;

/// One repository in an empty engine.
template <class Subject>
struct repository : Subject {
  using Subject::Subject;

  std::shared_ptr<repository_store> store = this->engine->metadata().open(name("library/app"));

  /// Publishes and links the blob.
  digest add_blob(std::string_view bytes) {
    link(*store, publish(*this->engine, bytes, this->now + std::chrono::minutes{1})).value();
    return digest::of(bytes);
  }

  std::vector<std::string> referrers_of(const digest& subject,
                                        const referrers_query& query = {}) const {
    std::vector<std::string> ids;
    for (const auto& each :
         answer_of(*store, &repository_store::list_referrers, subject, query).value().items)
      ids.push_back(each.id.to_string());
    return ids;
  }
};

} // namespace gantry::test
