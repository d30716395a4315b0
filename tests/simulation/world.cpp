#include "simulation/world.hpp"

#include "base/random.hpp"
#include "simulation/inspection.hpp"
#include "storage/api/answer_of.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>

namespace gantry::simulation {

namespace {

constexpr auto beginning = time_point{} + std::chrono::hours{24 * 365 * 50};

/// Often just longer than a grace or a lease, seldom longer than an upload is kept.
std::chrono::seconds wait_of(const operation& what) {
  constexpr std::array<unsigned, 8> waits{1, 5, 20, 31, 31, 61, 61, 650};
  const auto number = waits[what.first % waits.size()];
  return std::chrono::seconds{number == 650 && what.second % 4 != 0 ? 10 : number};
}

/// Another stream of numbers for each purpose: a fault more or less does not change the rest.
std::uint64_t stream(std::uint64_t seed, std::uint64_t purpose) {
  return dice{seed * 31 + purpose}.next();
}

} // namespace

world::world(const history& told, const plants& planted, std::ostream* narrate)
  : told_{told},
    planted_{planted},
    narrate_{narrate},
    choices_{stream(told.seed, 1)},
    faults_{stream(told.seed, 2)},
    numbers_{stream(told.seed, 3)},
    steps_{choices_, trace_},
    medium_{told.around.capacity},
    now_{beginning} {
  steps_.set_engine_share(told.around.engine_share);
}

world::~world() = default;

void world::fail(std::string what) {
  if (!verdict_.failure)
    verdict_.failure = std::move(what);
}

void world::tell(std::string_view what) {
  if (narrate_)
    *narrate_ << steps_.now() << ": " << what << '\n';
}

bool world::may_yield_at(disk_operation what, const char* name) const {
  switch (what) {
  case disk_operation::read:
  case disk_operation::write:
  case disk_operation::truncate:
  case disk_operation::sync:
  case disk_operation::rename:
  case disk_operation::link:
  case disk_operation::list: return true;
  case disk_operation::remove: return name && std::strcmp(name, "reserve") != 0;
  // Some of these are made while the engine holds a lock.
  case disk_operation::open:
  case disk_operation::create:
  case disk_operation::sync_folder:
  case disk_operation::status:
  case disk_operation::make_folder:
  case disk_operation::space:
  case disk_operation::allocate:
  case disk_operation::lock: return false;
  }
  return false;
}

int world::before_call(disk_operation what, const char* name, std::uint64_t bytes) {
  trace_.add(static_cast<std::uint64_t>(what) << 32U | bytes);
  if (name)
    trace_.add(name, std::strlen(name));
  now_ += what == disk_operation::sync ? std::chrono::milliseconds{told_.around.sync_time}
                                       : std::chrono::milliseconds{0};
  if (ending_ != ending::none)
    return EIO; // also in a process that has just begun
  if (is_quiet_)
    return 0;
  if (told_.around.crashes > 0 && faults_.below(10'000) < told_.around.crashes) {
    end_by(told_.around.power ? ending::power : ending::crash);
    return EIO;
  }
  if (registry_ && told_.around.faults > 0 && faults_.below(1000) < told_.around.faults)
    return EIO;
  if (steps_.is_beside() && may_yield_at(what, name) && choices_.chance(told_.around.interleaving))
    steps_.give_way();
  return 0;
}

mount::observer world::observer() {
  return [this](disk_operation what, const char* name, std::uint64_t bytes) {
    return before_call(what, name, bytes);
  };
}

void world::start() {
  registry_settings settings;
  settings.delete_untagged = told_.around.delete_untagged;
  if (told_.around.keeps_removed)
    settings.undo_window = std::chrono::minutes{5};
  const auto clock = [this] { return now_; };
  try {
    registry_ =
      std::make_unique<registry>(medium_, steps_, numbers_, clock, settings, planted_, observer());
  } catch (const stuck&) {
    throw;
  } catch (const std::exception& refused) {
    if (ending_ == ending::none)
      fail(std::string{"the registry does not start: "} + refused.what());
    return;
  }
  for (auto& each : clients_)
    each.requests = std::make_unique<requester>(registry_->system());
}

void world::end_by(ending how) {
  if (ending_ != ending::none)
    return;
  tell(how == ending::power ? "the power is lost" : "the process is killed");
  ending_ = how;
  ++life_;
  if (registry_)
    registry_->files().end_process();
}

void world::end_registry(bool cleanly) {
  if (registry_) {
    registry_->stop();
    for (auto& each : clients_)
      each.requests.reset();
    steps_.run_all();
    if (cleanly && registry_->running_actors() > 0)
      fail("actors are left: " + std::to_string(registry_->running_actors()));
    if (registry_->services().awake_uploads > 0)
      fail("places of uploads are left");
    if (const auto left = registry_->close(); left > 0)
      fail("descriptors are left: " + std::to_string(left));
    registry_.reset();
  }
  known_.end_process(steps_.now());
  ++life_;
  for (auto& each : clients_) {
    each.is_busy = false;
    if (each.upload) {
      each.upload->session = upload_session_actor{};
      each.upload->least = std::min(each.upload->least, each.upload->kept);
    }
  }
}

void world::stop() {
  tell("the registry stops");
  end_registry(true);
}

void world::finish_ending() {
  end_registry(false);
  if (ending_ == ending::power) {
    ++verdict_.losses_of_power;
    const auto fate = choices_.below(10);
    medium_.lose_power(choices_, fate < 4 ? loss::all : fate < 5 ? loss::nothing : loss::some);
    for (auto& each : clients_)
      if (each.upload) { // neither its record nor its bytes were synced
        each.upload->may_be_gone = true;
        each.upload->least = 0;
      }
  } else {
    ++verdict_.crashes;
  }
  ending_ = ending::none;
  if (auto wrong = inspect(medium_))
    fail("after a crash: " + *wrong);
}

void world::collect() {
  if (is_collecting_ || !registry_)
    return;
  is_collecting_ = true;
  steps_.run_beside([this, life = life_] {
    const auto go_on = [&](std::uint64_t, std::uint64_t) {
      steps_.give_way();
      return life == life_ && !registry_->services().stopping;
    };
    try {
      const auto collected = answer_of(registry_->engine().upkeep(), &upkeep_engine::collect,
                                       registry_->policy(), go_on);
      if (!collected && !says_nothing(collected.error()))
        fail("a collection failed: " + std::string{to_string(collected.error().code)});
    } catch (const std::exception& thrown) {
      fail(std::string{"a collection threw: "} + thrown.what());
    }
    is_collecting_ = false;
  });
}

void world::do_to_world(const operation& what) {
  tell(to_string(what));
  switch (what.what) {
  case action::collect: return collect();
  case action::tidy: return caf::anon_send(registry_->services().collector.get(), msg::tick{});
  case action::wait: now_ += wait_of(what); return;
  case action::stop: return stop();
  case action::crash: return end_by(ending::crash);
  case action::lose_power: return end_by(ending::power);
  default: return;
  }
}

bool world::issue_next() {
  if (next_ == told_.operations.size())
    return false;
  const auto& what = told_.operations[next_++];
  if (what.what >= action::collect) {
    do_to_world(what);
    return true;
  }
  auto& by = clients_[what.client];
  if (what.what == action::push_image)
    push_image(by, what);
  else
    by.waiting.push_back(what);
  begin_waiting(by);
  return true;
}

void world::push_image(client& by, const operation& what) {
  const auto& known = all_content();
  for (const auto& id : blobs_of(*known.manifests[what.first % known.manifests.size()])) {
    const auto number = static_cast<std::uint32_t>(known.find(id) - known.blobs.data());
    by.waiting.push_back({action::start_upload, what.client, number, what.second});
    by.waiting.push_back({action::finish_upload, what.client, number, what.second});
  }
  by.waiting.push_back({action::put_manifest, what.client, what.first, what.second});
}

void world::take_steps() {
  while (!verdict_.failure) {
    if (ending_ != ending::none)
      finish_ending();
    else if (!registry_)
      start();
    else if (!((choices_.chance(told_.around.haste) && issue_next()) || steps_.take_step() ||
               issue_next()))
      return;
  }
}

void world::verify() {
  is_quiet_ = true;
  if (!registry_)
    start();
  for (const auto& repository : all_content().repositories) {
    for (std::uint32_t i = 0; i < all_content().tags.size(); ++i)
      clients_[0].waiting.push_back({action::pull_tag, 0, i, 0});
    for (std::uint32_t i = 0; i < all_content().manifests.size(); ++i)
      clients_[0].waiting.push_back({action::pull_manifest, 0, i, 0});
    for (std::uint32_t i = 0; i < all_content().blobs.size(); ++i)
      clients_[0].waiting.push_back({action::pull_blob, 0, i, 0});
    for (auto& each : clients_[0].waiting)
      each.second = repository == all_content().repositories.front() ? 0 : 1;
    begin_waiting(clients_[0]);
    steps_.run_all();
  }
}

void world::verify_uploads() {
  for (std::uint8_t i = 0; i < clients; ++i) {
    clients_[i].waiting.push_back({action::ask_upload, i, 0, 0});
    begin_waiting(clients_[i]);
  }
  steps_.run_all();
}

/// Collections must find nothing more that was promised.
void world::verify_later() {
  for (int round = 0; round < 3 && !verdict_.failure; ++round) {
    now_ += std::chrono::seconds{95};
    collect();
    steps_.run_all();
  }
  verify();
}

verdict world::run() {
  const random_source seeded{[this](std::span<unsigned char> bytes) {
    for (auto& each : bytes)
      each = static_cast<unsigned char>(numbers_.next());
  }};
  take_steps();
  is_quiet_ = true;
  const std::array checks{&world::verify, &world::verify_uploads, &world::stop,
                          &world::verify, &world::verify_uploads, &world::verify_later,
                          &world::stop};
  for (const auto check : checks)
    if (!verdict_.failure)
      (this->*check)();
  if (ending_ == ending::none && registry_)
    end_registry(false);
  if (!verdict_.failure)
    if (auto wrong = inspect(medium_))
      fail("at the end: " + *wrong);
  verdict_.trace = trace_.value();
  verdict_.steps = steps_.now();
  verdict_.lasted = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - beginning);
  return verdict_;
}

verdict run(const history& told, const plants& planted, std::ostream* narrate) {
  auto made = std::make_unique<world>(told, planted, narrate);
  try {
    return made->run();
  } catch (const std::exception& thrown) {
    // What hangs cannot be taken apart.
    std::ignore = made.release();
    verdict failed;
    failed.failure = thrown.what();
    return failed;
  }
}

} // namespace gantry::simulation
