// Runs a history: a registry on a simulated disk, its clients, and what is checked about both.
#pragma once

#include "simulation/client.hpp"
#include "simulation/disk.hpp"
#include "simulation/history.hpp"
#include "simulation/ledger.hpp"
#include "simulation/registry.hpp"
#include "simulation/schedule.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::simulation {

/// What became of a history.
struct verdict {
  /// What is wrong; absent if nothing is.
  std::optional<std::string> failure;
  /// Equal if everything happened in the same order.
  std::uint64_t trace = 0;
  std::uint64_t steps = 0;
  /// Operations that were answered.
  std::uint64_t answered = 0;
  std::uint64_t crashes = 0;
  std::uint64_t losses_of_power = 0;
  /// Of simulated time.
  std::chrono::milliseconds lasted{0};
};

/// Tags of a repository that a run of retention removes. Not empty.
struct planned_tags {
  repository_name at;
  std::vector<expired_tag> tags;
};

class world {
public:
  /// With `narrate`, tells what happens.
  world(const history& told, const plants& planted, std::ostream* narrate = nullptr);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  verdict run();

private:
  /// The end of a process that the world has chosen.
  enum class ending : std::uint8_t { none, crash, power };

  /// An operation that is on its way: the beginning of all that is checked about it.
  struct request {
    client* by;
    operation what;
    moment began;
    time_point time;
    std::uint64_t life;
  };
  using request_ptr = std::shared_ptr<const request>;
  /// A blob that a manifest needs.
  struct needed_blob {
    digest id;
    name_in by;
    /// Where it was copied from, if it was still there.
    std::optional<name_in> source;
  };
  using repository_callback = std::function<void(const repository_actor&)>;

  // --- world.cpp: time, processes, the order of things ---
  void start();
  void take_steps();
  bool issue_next();
  static void push_image(client& by, const operation& what);
  void do_to_world(const operation& what);
  void collect();
  void end_by(ending how);
  void stop();
  void finish_ending();
  void end_registry(bool cleanly);
  int before_call(disk_operation what, const char* name, std::uint64_t bytes);
  void verify();
  void verify_uploads();
  void verify_later();
  void fail(std::string what);
  void tell(std::string_view what);
  mount::observer observer();
  bool may_yield_at(disk_operation what, const char* name) const;

  // --- operations.cpp: what clients do to one thing at a time, and what they check ---
  void begin(client& by, const operation& what);
  void begin_waiting(client& by);
  void end(const request_ptr& of);
  void tell_answer(const request_ptr& of, std::string_view answer);
  /// In operations.hpp.
  template <class Reply, class Handle, class Message>
  void ask(const request_ptr& of, const Handle& receiver, Message question,
           std::function<void(result<Reply>)> then);
  void with_repository(const request_ptr& of, const repository_name& name,
                       repository_callback then);
  void unexpected(const request_ptr& of, const error& why);
  static name_in blob_name(const repository_name& repository, const digest& id);
  static name_in manifest_name(const repository_name& repository, const digest& id);
  static name_in tag_name(const repository_name& repository, const tag& name);
  bool must_exist(const request_ptr& of, const name_in& thing) const;
  void check_absent(const request_ptr& of, const name_in& thing, const error& why);
  void check_present(const request_ptr& of, const name_in& thing);
  void check_bytes(const request_ptr& of, const blob_ptr& found);
  time_point lease_of(const request_ptr& of) const;
  /// How long a manifest stays that was stored now, also without a tag.
  time_point untagged_until(const request_ptr& of) const;

  void start_upload(const request_ptr& of);
  void wake_upload(const request_ptr& of, std::function<void()> then);
  void learn_offset(const request_ptr& of, const std::function<void()>& then);
  void take_offset(const request_ptr& of, std::uint64_t offset);
  void lose_upload(const request_ptr& of, const std::function<void()>& then);
  void add_chunk(const request_ptr& of);
  void send_chunk(const request_ptr& of);
  void finish_upload(const request_ptr& of);
  void send_finish(const request_ptr& of);
  void cancel_upload(const request_ptr& of);
  void ask_upload(const request_ptr& of);
  void mount_blob(const request_ptr& of);
  void link_blob(const request_ptr& of, const repository_name& to, const blob_ptr& found);
  void read_blob(const request_ptr& of, const repository_name& from, const digest& id, bool lease,
                 std::function<void()> then);
  void put_manifest(const request_ptr& of);
  void manifest_put(const request_ptr& of, const repository_name& to, const manifest_ptr& value,
                    const result<msg::manifest_stored>& stored);
  void read_manifest(const request_ptr& of, const repository_name& from, const reference& name,
                     bool lease, std::function<void(const manifest_ptr&)> then);
  void check_tag(const request_ptr& of, const repository_name& from, const tag& name,
                 const result<msg::manifest_reply>& found);
  void check_manifest(const request_ptr& of, const repository_name& from, const digest& id,
                      bool lease, const result<msg::manifest_reply>& found);
  void delete_tag(const request_ptr& of);
  void delete_manifest(const request_ptr& of);
  void delete_blob(const request_ptr& of);

  // --- changes.cpp: those that change several things at once ---
  void delete_repository(const request_ptr& of);
  void copy_manifest(const request_ptr& of);
  void manifest_copied(const request_ptr& of, const manifest_ptr& value,
                       const result<msg::changed>& copied);
  void read_needed(const request_ptr& of, const repository_name& to, std::vector<needed_blob> left);
  void expire_tags(const request_ptr& of);
  void read_tags(const request_ptr& of, const std::vector<planned_tags>& seen, std::size_t next);
  void carry_out(const request_ptr& of, std::vector<planned_tags> plan);
  void check_refused(const request_ptr& of, const planned_tags& planned, interval when,
                     const error& why);
  void check_expired(const request_ptr& of, const planned_tags& planned, interval when,
                     const change_summary& made);
  void read_entries(const request_ptr& of, const repository_actor& home,
                    const planned_tags& planned, const change_summary& made,
                    const std::function<void()>& then);
  void undo(const request_ptr& of);
  void undo_change(const request_ptr& of, const repository_actor& home,
                   const std::vector<history_entry>& change);
  bool can_return(const repository_name& at, const std::vector<history_entry>& change,
                  interval when) const;
  void check_undone(const request_ptr& of, const std::vector<history_entry>& change, interval when,
                    const std::vector<history_entry>& added);

  const history told_;
  const plants planted_;
  std::ostream* const narrate_;
  trace_hash trace_;
  dice choices_;
  dice faults_;
  dice numbers_;
  schedule steps_;
  disk medium_;
  time_point now_;
  ledger known_;
  std::array<client, clients> clients_;
  std::unique_ptr<registry> registry_;
  std::size_t next_ = 0;
  /// Counts the processes.
  std::uint64_t life_ = 0;
  ending ending_ = ending::none;
  bool is_quiet_ = false;
  bool is_collecting_ = false;
  verdict verdict_;
};

/// Runs a history. What it throws is a failure, too.
verdict run(const history& told, const plants& planted = {}, std::ostream* narrate = nullptr);

} // namespace gantry::simulation
