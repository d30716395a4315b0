// A disk in memory that knows what was synced. A process reaches it through a `mount`; the end of
// the process keeps everything, a loss of power what the disk chooses to keep of the rest.
#pragma once

#include "simulation/dice.hpp"
#include "storage/file_system.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gantry::simulation {

/// What a process asks of a disk.
enum class disk_operation : std::uint8_t {
  open,
  create,
  read,
  write,
  truncate,
  sync,
  sync_folder,
  status,
  make_folder,
  rename,
  link,
  remove,
  list,
  space,
  allocate,
  lock,
};

/// A file or a folder.
struct disk_node;
using node_ptr = std::shared_ptr<disk_node>;

/// How a disk treats what was not synced when it loses power.
enum class loss : std::uint8_t {
  /// Nothing of it is there.
  all,
  /// All of it is there.
  nothing,
  /// Each write, name and removal is there or not; writes may be there in part.
  some,
};

/// Used by one thread.
class disk {
public:
  /// The files together take at most `capacity` bytes.
  explicit disk(std::uint64_t capacity);

  const node_ptr& root() const noexcept { return root_; }
  std::uint64_t capacity() const noexcept { return capacity_; }
  std::uint64_t used() const noexcept { return used_; }
  const std::string& boot_id() const noexcept { return boot_id_; }

  /// No process is using it.
  void lose_power(dice& choices, loss how);

private:
  friend class mount;
  node_ptr make_node(bool is_folder);

  const std::uint64_t capacity_;
  std::uint64_t used_ = 0;
  std::uint64_t nodes_ = 0;
  std::uint64_t boots_ = 0;
  std::string boot_id_;
  node_ptr root_;
};

/// The disk as one process sees it. Paths are absolute, or names in an open folder.
class mount : public storage::file_system {
public:
  /// Called before each operation, with the name or a null pointer; returns an `errno`, or zero.
  using observer = std::function<int(disk_operation, const char* name, std::uint64_t bytes)>;
  using clock = std::function<std::chrono::system_clock::time_point()>;

  mount(disk& medium, clock now) : disk_{&medium}, now_{std::move(now)} {}

  void observe(observer before) { before_ = std::move(before); }
  /// The process is over: from now on everything fails, and nothing reaches the disk.
  void end_process() noexcept { is_over_ = true; }
  bool is_over() const noexcept { return is_over_; }
  std::size_t open_descriptors() const noexcept { return open_.size(); }
  void set_database_vfs(const char* name) noexcept { vfs_ = name; }

  int open(int folder, const char* name, int flags, mode_t mode) override;
  void close(int descriptor) noexcept override;
  ssize_t read(int descriptor, std::span<std::byte> buffer, std::uint64_t offset) override;
  ssize_t write(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset) override;
  int truncate(int descriptor, std::uint64_t size) override;
  int allocate(int descriptor, std::uint64_t size) override;
  int sync(int descriptor) override;
  int sync_folder(int descriptor) override;
  int status(int descriptor, struct stat& found) override;
  int status(int folder, const char* name, struct stat& found, int flags) override;
  int change_owner(int descriptor, uid_t user, gid_t group) override;
  int lock(int descriptor, int how) override;
  int make_folder(int parent, const char* name, mode_t mode) override;
  int rename(int from, const char* old_name, int to, const char* new_name) override;
  int link(int from, const char* name, int to, const char* new_name) override;
  int link_open(int descriptor, int to, const char* name) override;
  int clone(int to, int from) override;
  ssize_t copy(int to, int from, std::uint64_t offset, std::uint64_t size) override;
  int remove(int folder, const char* name) override;
  int list(int folder, const std::function<void(std::string_view)>& visit) override;
  int space(int folder, struct statvfs& found) override;
  std::string boot_id() override { return disk_->boot_id(); }
  const char* database_vfs() const noexcept override { return vfs_; }

private:
  /// A name in a folder, which may not exist.
  struct place {
    node_ptr folder;
    std::string name;
    node_ptr node;
  };

  /// Whether the operation may go on; otherwise `errno` is set.
  bool may(disk_operation what, const char* name = nullptr, std::uint64_t bytes = 0);
  node_ptr node_of(int descriptor) const;
  /// Absent if a folder on the way is; `errno` is set.
  std::optional<place> find(int folder, const char* name) const;
  node_ptr create(const place& at, bool is_folder);
  int give_descriptor(const node_ptr& node);
  int resize(const node_ptr& node, std::uint64_t size);
  void drop_name(disk_node& node);
  bool has_room(const disk_node& node, std::uint64_t size) const;

  disk* disk_;
  clock now_;
  observer before_;
  bool is_over_ = false;
  const char* vfs_ = nullptr;
  std::unordered_map<int, node_ptr> open_;
  /// The descriptor that holds the lock of each node.
  std::map<const disk_node*, int> locks_;
};

} // namespace gantry::simulation
